//! The finishing step: the programs and files that `index.html` lists, staged in a folder, become a page that works.
//!
//! 1. Every script, style and wasm file gets a name with its content's hash, under `assets/`. Trunk would name the
//!    worker's files without one, and a worker from another build beside a fresh page is a fault nobody can see.
//! 2. The model goes to `assets/` too, its folder named by its content.
//! 3. So do the locales, of which a visitor's browser loads one.
//! 4. The start scripts of page and worker are written as files: the page's CSP allows no inline script.
//! 5. The model card becomes a page, and `changes.json` gets what each language says of what is new.
//! 6. Of the demo films those that the page offers stay.
//! 7. `index.html` learns the names, and the service worker its list.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{compress, locales::Locales, model_card, paths, relaxed, wasm};

/// Finishes the staged files in `folder`.
///
/// # Errors
/// If a file that should have been staged is missing.
pub fn finish(folder: &Path) -> Result<()> {
    let mut site = Site { folder, assets: BTreeMap::new() };
    site.name_by_content()?;
    let model = site.copy_model()?;
    let locales = Locales::read()?;
    let files = site.write_locales(&locales)?;
    site.write_start_scripts(&model, &files)?;
    let worker = site.asset("start-worker.js")?.to_owned();
    let of_some = |script: &str| site.assets.get(script).cloned().unwrap_or_default();
    let (first_worker, tract) = (of_some("start-first_worker.js"), of_some("start-tract.js"));
    let exporter = site.asset("start-exporter.js")?.to_owned();
    let history = site.asset("start-history.js")?.to_owned();
    fs::copy(paths::root().join("www/_headers"), folder.join("_headers")).context("www/_headers is missing")?;

    fs::write(folder.join("changes.json"), locales.changes()?)?;
    model_card::write(folder)?;
    let card = folder.join("model-card.html");
    fs::write(&card, site.with_asset_names(&fs::read_to_string(&card)?))?;

    keep_offered_films(&folder.join("films"))?;
    let page = folder.join("index.html");
    let html = locales.fill(&fs::read_to_string(&page).context("no index.html was staged")?)?;
    let html = site.with_asset_names(&html);
    let build = digest(manifest(&site.files()?).as_bytes());
    let html = with_meta(&html, "lungfield:worker", &worker)?;
    let html = with_meta(&html, "lungfield:first-worker", &first_worker)?;
    let html = with_meta(&html, "lungfield:tract", &tract)?;
    let html = with_meta(&html, "lungfield:model", &model[0])?;
    let html = with_meta(&html, "lungfield:exporter", &exporter)?;
    let html = with_meta(&html, "lungfield:history", &history)?;
    let html = with_meta(&html, "lungfield:build", &build)?;
    fs::write(&page, html)?;

    let template = fs::read_to_string(paths::root().join("www/sw.js")).context("www/sw.js is missing")?;
    let mut kept = site.files()?;
    kept.retain(|file| !is_on_demand(&file.url) && !is_for_a_first_visit(&file.url));
    fs::write(folder.join("sw.js"), service_worker(&template, &kept, &build, &withdrawn()?)?)
        .context("cannot write sw.js")
}

/// Whether a file comes only where tract is asked for: nobody else is to download its megabytes.
pub fn is_on_demand(url: &str) -> bool {
    url.starts_with("assets/tract") || url.starts_with("assets/start-tract") || url.ends_with(".onnx")
}

/// Whether a file is of the worker of a first visit: later ones have the one that reads all formats.
pub fn is_for_a_first_visit(url: &str) -> bool {
    url.starts_with("assets/first_worker") || url.starts_with("assets/start-first_worker")
}

/// A demo film as `films.json` lists it.
#[derive(Deserialize)]
struct DemoFilm {
    file: String,
    #[serde(default)]
    offered: bool,
}

fn keep_offered_films(folder: &Path) -> Result<()> {
    let list = folder.join("films.json");
    let films: Vec<DemoFilm> = serde_json::from_str(&fs::read_to_string(&list).context("no films.json was staged")?)?;
    for film in films.iter().filter(|film| !film.offered) {
        fs::remove_file(folder.join(&film.file)).with_context(|| format!("{} was not staged", film.file))?;
    }
    fs::remove_file(list).context("cannot remove films.json")
}

/// The staged files and the names the assets among them have been given.
struct Site<'a> {
    folder: &'a Path,
    /// From the staged name (`app.js`) to the name relative to the page (`assets/app-0123456789abcdef.js`).
    assets: BTreeMap<String, String>,
}

/// A file that the service worker keeps for use without a network.
#[derive(Serialize)]
struct Kept {
    /// Relative to the page.
    url: String,
    /// The hash of its content.
    revision: String,
    /// Its size in bytes, uncompressed.
    bytes: u64,
}

impl Site<'_> {
    /// Gives scripts, styles and wasm files their names.
    fn name_by_content(&mut self) -> Result<()> {
        for entry in fs::read_dir(self.folder)? {
            let path = entry?.path();
            let name = file_name(&path);
            match path.extension().and_then(|extension| extension.to_str()) {
                // Which wasm-opt does not see.
                Some("wasm") if is_on_demand(&format!("assets/{name}")) => {
                    self.add_asset(&name, &wasm::without_names(&fs::read(&path)?)?)?;
                }
                Some("js" | "css" | "wasm") => self.add_asset(&name, &fs::read(&path)?)?,
                // wasm-bindgen's own scripts, beside the script that imports them.
                None if name == "snippets" => {
                    fs::create_dir_all(self.folder.join("assets"))?;
                    fs::rename(&path, self.folder.join("assets/snippets"))?;
                    continue;
                }
                _ => continue,
            }
            fs::remove_file(path)?;
        }
        Ok(())
    }

    /// Fills in the start scripts of worker and page.
    fn write_start_scripts(&mut self, model: &[String; 3], locales: &[[String; 3]]) -> Result<()> {
        let resumed = script("resumed.js")?;
        let [manifest, network, onnx] = model;
        for bin in relaxed::PROGRAMS {
            if self.assets.contains_key(&format!("{bin}.js")) {
                self.write_start_worker(bin, [manifest, network], &relaxed::name(bin))?;
            }
        }
        if self.assets.contains_key("tract.js") {
            // In one build, for browsers with relaxed SIMD and without.
            self.write_start_worker("tract", [manifest, onnx], "tract_bg.wasm")?;
        }
        let manifest = manifest.replacen("assets/", "./", 1);
        let (script, wasm) = (self.beside("exporter.js")?, self.beside("exporter_bg.wasm")?);
        self.write_script(
            "start-exporter.js",
            "start-exporter.js",
            &[("/*MANIFEST*/", &*manifest), ("/*EXPORTER*/", &*script), ("/*EXPORTER_WASM*/", &*wasm)],
        )?;
        let (script, wasm) = (self.beside("history.js")?, self.beside("history_bg.wasm")?);
        self.write_script(
            "start-history.js",
            "start-history.js",
            &[("/*HISTORY*/", &*script), ("/*HISTORY_WASM*/", &*wasm)],
        )?;
        let (script, wasm) = (self.beside("app.js")?, self.beside("app_bg.wasm")?);
        let bytes = self.bytes(self.asset("app_bg.wasm")?)?;
        self.write_script(
            "start.js",
            "start.js",
            &[
                ("/*RESUMED*/", &*resumed),
                ("/*LOCALES*/[]", &*serde_json::to_string(locales)?),
                ("/*APP_BYTES*/0", &*bytes),
                ("/*APP*/", &*script),
                ("/*APP_WASM*/", &*wasm),
            ],
        )
    }

    /// Writes the script that starts the worker `bin` with the model's manifest and network; its wasm for browsers with relaxed SIMD
    /// was staged as `relaxed`.
    fn write_start_worker(&mut self, bin: &str, [manifest, network]: [&String; 2], relaxed: &str) -> Result<()> {
        let resumed = script("resumed.js")?;
        let wasm = format!("{bin}_bg.wasm");
        let places = [
            ("/*RESUMED*/", &*resumed),
            ("/*NETWORK_BYTES*/0", &*self.bytes(network)?),
            ("/*NETWORK_SENT*/0", &*compress::sent(&self.folder.join(network))?.to_string()),
            ("/*WASM_BYTES*/0", &*self.bytes(self.asset(&wasm)?)?),
            ("/*RELAXED_BYTES*/0", &*self.bytes(self.asset(relaxed)?)?),
            ("/*MANIFEST*/", &*manifest.replacen("assets/", "./", 1)),
            ("/*NETWORK*/", &*network.replacen("assets/", "./", 1)),
            ("/*WORKER*/", &*self.beside(&format!("{bin}.js"))?),
            ("/*WASM*/", &*self.beside(&wasm)?),
            ("/*RELAXED_WASM*/", &*self.beside(relaxed)?),
            ("/*RELAXED_PROBE*/", &*probe()),
        ];
        self.write_script(&format!("start-{bin}.js"), "start-worker.js", &places)
    }

    /// An asset of the template `template` in `www`, in which each of `places` stands for a text; comments on lines of their own stay
    /// behind.
    fn write_script(&mut self, name: &str, template: &str, places: &[(&str, &str)]) -> Result<()> {
        self.add_asset(name, filled_in(template, &script(template)?, places)?.as_bytes())
    }

    /// The size of a file of the site, unpacked, for a script.
    fn bytes(&self, name: &str) -> Result<String> {
        Ok(fs::metadata(self.folder.join(name)).with_context(|| format!("{name} is missing"))?.len().to_string())
    }

    /// What a script in `assets/` calls the asset `name`.
    fn beside(&self, name: &str) -> Result<String> {
        Ok(format!("./{}", file_name(self.asset(name)?.as_ref())))
    }

    /// Copies the model and its manifest; returns the names of manifest, network and ONNX file relative to the page.
    fn copy_model(&self) -> Result<[String; 3]> {
        let models = paths::root().join("models");
        let manifest = fs::read(models.join("manifest.json")).context("models/manifest.json is missing")?;
        let contract: serde_json::Value =
            serde_json::from_slice(&manifest).context("models/manifest.json is no JSON")?;
        let network = &contract["network"];
        let file =
            network["file"].as_str().context("models/manifest.json names no network: run `lungfield convert`")?;
        let model = fs::read(models.join(file)).with_context(|| format!("models/{file} is missing"))?;
        ensure!(
            network["sha256"].as_str() == Some(&hex(&Sha256::digest(&model))),
            "models/{file} is not the file that models/manifest.json describes: its sha256 differs"
        );
        // The manifest holds the model's hash, so its own hash names both.
        let target = format!("assets/model-{}", digest(&manifest));
        fs::create_dir_all(self.folder.join(&target))?;
        fs::write(self.folder.join(&target).join(file), model)?;
        fs::write(self.folder.join(&target).join("manifest.json"), manifest)?;
        let onnx = contract["file"].as_str().context("models/manifest.json names no ONNX file")?;
        if self.assets.contains_key("tract.js") {
            fs::copy(models.join(onnx), self.folder.join(&target).join(onnx))
                .with_context(|| format!("models/{onnx}"))?;
        }
        Ok(["manifest.json", file, onnx].map(|name| format!("{target}/{name}")))
    }

    /// Writes each language's texts; returns its tag, what it calls itself, and the file's name beside the scripts. In the order of
    /// the names.
    fn write_locales(&mut self, locales: &Locales) -> Result<Vec<[String; 3]>> {
        let mut files = Vec::new();
        for (tag, texts) in locales.all() {
            let name = locales.text(tag, "language.name")?.to_owned();
            let staged = format!("locale-{tag}.json");
            self.add_asset(&staged, texts.to_string().as_bytes())?;
            files.push([tag.to_owned(), name, self.beside(&staged)?]);
        }
        files.sort_by(|a, b| a[1].cmp(&b[1]));
        Ok(files)
    }

    fn add_asset(&mut self, name: &str, content: &[u8]) -> Result<()> {
        let (stem, extension) = name.rsplit_once('.').context("an asset without an extension")?;
        let asset = format!("assets/{stem}-{}.{extension}", digest(content));
        fs::create_dir_all(self.folder.join("assets"))?;
        fs::write(self.folder.join(&asset), content)?;
        self.assets.insert(name.to_owned(), asset);
        Ok(())
    }

    fn asset(&self, name: &str) -> Result<&str> {
        self.assets
            .get(name)
            .map(String::as_str)
            .with_context(|| format!("no {name} was staged: is its link in index.html?"))
    }

    fn with_asset_names(&self, html: &str) -> String {
        self.assets.iter().fold(html.to_owned(), |html, (name, asset)| {
            html.replace(&format!("\"./{name}\""), &format!("\"./{asset}\""))
        })
    }

    /// What a visitor's browser may load, sorted by name.
    fn files(&self) -> Result<Vec<Kept>> {
        let mut files = Vec::new();
        for path in paths::all_files(self.folder)? {
            let url = path.strip_prefix(self.folder)?.to_string_lossy().replace('\\', "/");
            // Screenshots are for what installs the app.
            if url != "_headers" && !url.starts_with("screenshots/") {
                let content = fs::read(&path)?;
                files.push(Kept { url, revision: digest(&content), bytes: content.len() as u64 });
            }
        }
        files.sort_by(|a, b| a.url.cmp(&b.url));
        Ok(files)
    }
}

fn manifest(files: &[Kept]) -> String {
    files.iter().map(|file| format!("{} {}\n", file.revision, file.url)).collect()
}

/// The script `name` in `www`, without comments on lines of their own.
fn script(name: &str) -> Result<String> {
    let path = paths::root().join("www").join(name);
    let script = fs::read_to_string(path).with_context(|| format!("www/{name} is missing"))?;
    let is_code = |line: &&str| !["//", "/**", "* ", "*/"].iter().any(|mark| line.trim_start().starts_with(mark));
    let lines = script.lines().filter(|line| !line.is_empty()).filter(is_code);
    Ok(lines.flat_map(|line| [line, "\n"]).collect())
}

/// Sets the content of `<meta name="NAME" content="">`.
fn with_meta(html: &str, name: &str, value: &str) -> Result<String> {
    let empty = format!("<meta name=\"{name}\" content=\"\"");
    ensure!(html.contains(&empty), "index.html has no {empty}>");
    Ok(html.replace(&empty, &format!("<meta name=\"{name}\" content=\"{value}\"")))
}

/// The models that must not be used any more, from the manifest.
fn withdrawn() -> Result<Vec<String>> {
    let manifest = fs::read(paths::root().join("models/manifest.json")).context("models/manifest.json is missing")?;
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).context("models/manifest.json is no JSON")?;
    let withdrawn: Vec<String> = match manifest.get("withdrawn") {
        Some(withdrawn) => serde_json::from_value(withdrawn.clone()).context("withdrawn is no list of SHA-256")?,
        None => Vec::new(),
    };
    let own = [manifest["sha256"].as_str(), manifest["network"]["sha256"].as_str()];
    ensure!(!withdrawn.iter().any(|hash| own.contains(&Some(hash))), "models/manifest.json withdraws its own model");
    Ok(withdrawn)
}

fn service_worker(template: &str, files: &[Kept], build: &str, withdrawn: &[String]) -> Result<String> {
    let places = [
        ("/*PRECACHE*/[]", &*serde_json::to_string_pretty(files)?),
        ("/*WITHDRAWN*/[]", &*serde_json::to_string(withdrawn)?),
        ("/*BUILD*/\"\"", &*format!("\"{build}\"")),
        ("/*RELAXED_PROBE*/", &*probe()),
    ];
    filled_in("sw.js", template, &places)
}

/// The template of the file `name` in `www`, with a text for each place.
fn filled_in(name: &str, template: &str, places: &[(&str, &str)]) -> Result<String> {
    let mut script = template.to_owned();
    for (place, text) in places {
        ensure!(script.matches(place).count() == 1, "www/{name} must hold {place} once");
        script = script.replace(place, text);
    }
    Ok(script)
}

/// The bytes of [`relaxed::PROBE`], for a script.
fn probe() -> String {
    relaxed::PROBE.map(|byte| byte.to_string()).join(",")
}

/// The first 16 hexadecimal digits of the content's SHA-256: enough to tell builds apart.
fn digest(content: &[u8]) -> String {
    hex(&Sha256::digest(content)[..8])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_place_is_an_error_and_not_a_silent_gap() {
        assert!(with_meta("<head></head>", "lungfield:worker", "w.js").is_err());
        assert!(service_worker("const build = /*BUILD*/\"\";", &[], "1", &[]).is_err());
    }

    #[test]
    fn places_are_filled() -> Result<()> {
        let html = with_meta("<meta name=\"lungfield:worker\" content=\"\" />", "lungfield:worker", "w.js")?;
        assert_eq!(html, "<meta name=\"lungfield:worker\" content=\"w.js\" />");
        let files = [Kept { url: "a".into(), revision: "0".into(), bytes: 3 }];
        let script = service_worker(
            "F = /*PRECACHE*/[]; B = /*BUILD*/\"\"; W = /*WITHDRAWN*/[]; P = of(/*RELAXED_PROBE*/);",
            &files,
            "1",
            &[],
        )?;
        assert_eq!(
            script.split_whitespace().collect::<String>(),
            format!("F=[{{\"url\":\"a\",\"revision\":\"0\",\"bytes\":3}}];B=\"1\";W=[];P=of({});", probe())
        );
        Ok(())
    }

    #[test]
    fn names_follow_content() -> Result<()> {
        let folder = std::env::temp_dir().join(format!("lungfield-finish-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("app.js"), "content")?;
        let mut site = Site { folder: &folder, assets: BTreeMap::new() };
        site.name_by_content()?;
        let name = site.asset("app.js")?.to_owned();
        assert_eq!(name, "assets/app-ed7002b439e9ac84.js");
        assert_eq!(fs::read_to_string(folder.join(&name))?, "content");
        assert!(!folder.join("app.js").exists());
        assert_eq!(site.with_asset_names("<script src=\"./app.js\">"), format!("<script src=\"./{name}\">"));
        assert!(site.asset("worker.js").is_err());
        Ok(fs::remove_dir_all(folder)?)
    }
}
