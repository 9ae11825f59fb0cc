//! `cargo xtask package`: the npm package of `<lungfield-reader>`, and what others need to check it.
//!
//! 1. wasm-pack makes the worker's wasm of `crates/element`, with relaxed SIMD and without, and with tract for hospitals' own models.
//! 2. Wasm, worker, model and languages get names by their content, under `dist/assets/`; `src/assets.js` learns them.
//! 3. esbuild joins the shell's modules, tsc checks them and writes their types, and the manifest of the element is read off them.
//! 4. `npm pack` makes one archive of it, the same bytes each time, and one of the panel for OHIF with the same assets.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    compress,
    locales::Locales,
    packages, paths,
    process::{self, announce},
    relaxed,
    toolchain::Toolchain,
    tools, web,
};

/// Where the archives go.
pub fn archives() -> PathBuf {
    paths::dist().join("packages")
}

/// The package, unpacked, as it is before it is packed.
pub fn unpacked() -> PathBuf {
    paths::root().join("target").join("packages").join("reader")
}

/// The panel for OHIF, unpacked.
pub fn panel() -> PathBuf {
    paths::root().join("target").join("packages").join("ohif")
}

/// Makes the packages and returns the place of the element's archive.
///
/// # Errors
/// If a tool is missing and cannot be installed, or a step fails.
pub fn package() -> Result<PathBuf> {
    let source = paths::root().join("packages/reader");
    announce("Installing what the package is made with, half a minute");
    process::run(Command::new("npm").current_dir(&source).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))?;
    let plain = engine("engine", "web", &[])?;
    let fast = engine("engine-relaxed", "web", &["--config", relaxed::FLAGS])?;
    // As the page's worker with tract is made.
    let own = engine("engine-own", "preview", &["--features", "own"])?;
    ensure!(plain.script == fast.script, "the engine with relaxed SIMD has another script than the one without");

    let folder = emptied(unpacked())?;
    copy(&source, &folder, &["package.json", "bin/lungfield-assets.js", "README.md"])?;
    copy(paths::root(), &folder, &["LICENSE-APACHE", "LICENSE-MIT"])?;
    let mut assets = Assets::default();
    let worker = fs::read_to_string(source.join("src/worker.js"))?;
    let worker = filled_in(&worker, "/*RELAXED_PROBE*/", &relaxed::PROBE.map(|byte| byte.to_string()).join(","))?;
    assets.add("worker", "js", format!("{}\n{worker}", plain.script).into_bytes());
    assets.add("worker-own", "js", format!("{}\n{worker}", own.script).into_bytes());
    assets.add("engine", "wasm", plain.wasm);
    assets.add("engine-own", "wasm", own.wasm);
    assets.add("engine-relaxed", "wasm", fast.wasm);
    let (script, wasm) = web::program("exporter")?;
    let exporter = fs::read_to_string(source.join("src/exporter.js"))?;
    assets.add("worker-exporter", "js", format!("{script}\n{exporter}").into_bytes());
    assets.add("exporter-code", "wasm", wasm);
    let models = paths::root().join("models");
    let manifest = fs::read(models.join("manifest.json")).context("models/manifest.json is missing")?;
    let contract: Value = serde_json::from_slice(&manifest).context("models/manifest.json is no JSON")?;
    let network = contract["network"]["file"].as_str().context("models/manifest.json names no network")?;
    assets.add("network", "network", fs::read(models.join(network)).context("the network is missing")?);
    assets.add("manifest", "json", manifest);
    for (tag, texts) in Locales::read()?.all() {
        assets.add(&format!("locale-{tag}"), "json", texts.to_string().into_bytes());
    }
    let dist = folder.join("dist");
    assets.write(&dist.join("assets"))?;
    bundle(&source, &folder, &assets)?;
    describe(&source, &folder)?;
    fs::write(folder.join("integrity.json"), pretty(&integrity(&folder, &assets)?)?)?;
    fs::write(folder.join("sbom.cdx.json"), pretty(&bill_of_materials(&assets)?)?)?;
    report(&folder)?;
    let archive = pack(&folder, &archives())?;
    let again = pack(&folder, &emptied(paths::root().join("target/packages/again"))?)?;
    ensure!(fs::read(&archive)? == fs::read(again)?, "npm packs the same files to other bytes each time");
    pack(&make_panel(&source, &folder)?, &archives())?;
    Ok(archive)
}

/// Joins the panel for OHIF with the element beside its assets.
fn make_panel(source: &Path, element: &Path) -> Result<PathBuf> {
    let folder = emptied(panel())?;
    let panel = paths::root().join("packages/ohif");
    copy(&panel, &folder, &["package.json", "README.md"])?;
    copy(paths::root(), &folder, &["LICENSE-APACHE", "LICENSE-MIT"])?;
    for asset in paths::all_files(&element.join("dist/assets"))? {
        let target = folder.join("dist/assets").join(asset.file_name().unwrap_or_default());
        fs::create_dir_all(target.parent().unwrap_or(&folder))?;
        fs::copy(&asset, target)?;
    }
    let alias = format!("--alias:@lungfield/reader={}", element.join("dist/index.js").display());
    esbuild(source, &panel.join("src/index.js"), &folder.join("dist/index.js"), &[&alias])?;
    Ok(folder)
}

/// Makes the package and a portal with it, to try it out; returns the portal's folder.
///
/// # Errors
/// As [`package`].
pub fn portal() -> Result<PathBuf> {
    package()?;
    let folder = emptied(paths::root().join("target/packages/portal"))?;
    let pages = paths::root().join("packages/reader/portal");
    copy(&pages, &folder, &["index.html", "portal.css", "portal.js"])?;
    for page in ["apart.html", "open.html"] {
        fs::copy(pages.join("index.html"), folder.join(page))?;
    }
    let dist = unpacked().join("dist");
    for file in paths::all_files(&dist)? {
        let target = folder.join("lungfield").join(file.strip_prefix(&dist)?);
        fs::create_dir_all(target.parent().unwrap_or(&folder))?;
        fs::copy(&file, target)?;
    }
    fs::write(folder.join("_headers"), PORTAL_HEADERS)?;
    Ok(folder)
}

/// The strictest policy on all but one page; what the README asks for on the workers' scripts.
const PORTAL_HEADERS: &str = "\
/*
  Content-Security-Policy: default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; style-src 'self'; \
                              require-trusted-types-for 'script'; trusted-types lungfield
/open.html
  Content-Security-Policy: frame-ancestors 'none'
/apart.html
  Cross-Origin-Embedder-Policy: require-corp
  Cross-Origin-Opener-Policy: same-origin
/lungfield/assets/worker-*
  Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'
  Cross-Origin-Embedder-Policy: require-corp
";

/// What wasm-pack makes.
struct Engine {
    script: String,
    wasm: Vec<u8>,
}

fn engine(name: &str, profile: &str, options: &[&str]) -> Result<Engine> {
    let tools = [tools::wasm_bindgen()?, tools::wasm_pack()?];
    let folder = emptied(paths::web_target().join("packages").join(name))?;
    announce(&format!("Compiling the element's {name} (the first time about 2 minutes)"));
    let mut pack = Toolchain::ensure()?.command("wasm-pack", &tools)?;
    pack.args(["--quiet", "build", "crates/element", "--target", "no-modules", "--mode", "no-install", "--no-opt"]);
    pack.args(["--no-typescript", "--no-pack", "--profile", profile, "--out-name", "engine", "--out-dir"]).arg(&folder);
    process::run(pack.arg("--").args(options))?;
    let wasm = folder.join("engine_bg.wasm");
    web::optimise(&wasm, if profile == "web" { "1" } else { "0" })?;
    Ok(Engine { script: fs::read_to_string(folder.join("engine.js"))?, wasm: fs::read(wasm)? })
}

/// The files that the shell fetches, by what it calls them.
#[derive(Default)]
struct Assets(BTreeMap<String, (String, Vec<u8>)>);

impl Assets {
    fn add(&mut self, key: &str, extension: &str, content: Vec<u8>) {
        let name: String = Sha256::digest(&content)[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        self.0.insert(key.to_owned(), (format!("{key}-{name}.{extension}"), content));
    }

    fn write(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder)?;
        for (name, content) in self.0.values() {
            fs::write(folder.join(name), content)?;
        }
        Ok(())
    }

    /// The table of `src/assets.js`. Each address stands there as bundlers look for it.
    fn table(&self) -> String {
        let entry = |(key, (name, content)): (&String, &(String, Vec<u8>))| {
            let (integrity, bytes) = (hash(content), content.len());
            format!(
                "  \"{key}\": {{ url: new URL(\"./assets/{name}\", import.meta.url), name: \"{name}\", \
                 integrity: \"{integrity}\", bytes: {bytes} }},\n"
            )
        };
        format!("{{\n{}}}", self.0.iter().map(entry).collect::<String>())
    }
}

/// The shell, as one module, as one that registers the element, and as one file of both.
fn bundle(source: &Path, folder: &Path, assets: &Assets) -> Result<()> {
    let work = emptied(paths::root().join("target/packages/source"))?;
    for file in paths::all_files(&source.join("src"))? {
        fs::copy(&file, work.join(file.file_name().unwrap_or_default()))?;
    }
    let template = fs::read_to_string(work.join("assets.js"))?;
    let filled = filled_in(&template, "/*ASSETS*/ {}", &assets.table())?;
    fs::write(work.join("assets.js"), filled_in(&filled, "/*VERSION*/", &version(source)?)?)?;
    let dist = folder.join("dist");
    for (from, to, options) in [
        ("index.js", "index.js", [].as_slice()),
        ("define.js", "define.js", &["--external:./index.js"]),
        ("define.js", "standalone.js", &[]),
    ] {
        esbuild(source, &work.join(from), &dist.join(to), options)?;
    }
    // It has types alone.
    Ok(fs::write(dist.join("react.js"), "export {};\n")?)
}

/// Joins a module and what it imports to one file.
fn esbuild(source: &Path, from: &Path, to: &Path, options: &[&str]) -> Result<()> {
    let mut esbuild = Command::new("npx");
    esbuild.current_dir(source).args(["--no-install", "esbuild"]).arg(from);
    esbuild.args(["--bundle", "--format=esm", "--target=es2022", "--loader:.css=text", "--charset=utf8"]);
    esbuild.args(["--minify-whitespace", "--minify-syntax", "--legal-comments=none", "--log-level=warning"]);
    process::run(esbuild.args(options).arg(format!("--outfile={}", to.display())))
}

/// Checks the shell's types and writes them, and the element's manifest.
fn describe(source: &Path, folder: &Path) -> Result<()> {
    let types = emptied(paths::root().join("target/packages/types"))?;
    let mut tsc = Command::new("npx");
    tsc.current_dir(source).args(["--no-install", "tsc", "--project", ".", "--outDir"]).arg(&types);
    process::run(&mut tsc).context("the shell's types do not fit")?;
    let written = types.join("packages/reader/src");
    // What nobody outside can name stays behind.
    copy(&written, &folder.join("dist"), &["index.d.ts", "define.d.ts", "element.d.ts", "engine.d.ts", "assets.d.ts"])?;
    copy(&written, &folder.join("dist"), &["attributes.d.ts", "react.d.ts", "taking.d.ts", "types.d.ts"])?;
    // The texts are the worker's.
    fs::write(folder.join("dist/words.d.ts"), "export type Words = Record<string, unknown>;\n")?;
    let mut analyse = Command::new("npx");
    analyse.current_dir(source).args([
        "--no-install",
        "cem",
        "analyze",
        "--globs",
        "src/element.js",
        "src/attributes.js",
        "--quiet",
    ]);
    // It takes a place relative to where it runs.
    process::run(analyse.args(["--outdir", "../../target/packages/reader"]))?;
    let manifest = folder.join("custom-elements.json");
    let mut described: Value = serde_json::from_slice(&fs::read(&manifest)?)?;
    let modules = described["modules"].as_array_mut().context("the element has no manifest")?;
    modules.retain(|module| module["path"] == "src/element.js");
    let module = modules.first_mut().context("the element has no manifest")?;
    let tag = json!([{ "kind": "custom-element-definition", "name": "lungfield-reader",
        "declaration": { "name": "LungfieldReader", "module": "dist/index.js" } }]);
    module["path"] = "dist/index.js".into();
    if let Some(exports) = module["exports"].as_array_mut() {
        exports.iter_mut().for_each(|export| export["declaration"]["module"] = "dist/index.js".into());
        exports.extend(tag.as_array().cloned().unwrap_or_default());
    }
    let declarations = module["declarations"].as_array_mut().context("the element has no manifest")?;
    declarations.retain(|declaration| declaration["name"] == "LungfieldReader");
    let element = declarations.first_mut().context("the element has no manifest")?;
    element["tagName"] = "lungfield-reader".into();
    element["customElement"] = true.into();
    element["superclass"] = json!({ "name": "HTMLElement", "package": "global:" });
    for (list, is_told) in [
        ("members", (|member| member["privacy"] != "private") as fn(&Value) -> bool),
        ("events", |event| event["name"].is_string()),
    ] {
        element[list].as_array_mut().context("the element's manifest lacks a list")?.retain(is_told);
    }
    Ok(fs::write(manifest, pretty(&described)?)?)
}

/// What each file must be: for `<script integrity>`, and for who checks what is served.
fn integrity(folder: &Path, assets: &Assets) -> Result<Value> {
    let mut files = BTreeMap::new();
    for name in ["index.js", "define.js", "standalone.js"] {
        files.insert(format!("dist/{name}"), hash(&fs::read(folder.join("dist").join(name))?));
    }
    for (name, content) in assets.0.values() {
        files.insert(format!("dist/assets/{name}"), hash(content));
    }
    Ok(json!(files))
}

/// CycloneDX: what is in the wasm and what the model is.
fn bill_of_materials(assets: &Assets) -> Result<Value> {
    let linked = linked()?;
    let crates = packages::third_party()?.into_iter().filter(|package| linked.contains(&package.name));
    let mut components: Vec<Value> = crates
        .map(|package| {
            let purl = format!("pkg:cargo/{}@{}", package.name, package.version);
            json!({ "type": "library", "name": package.name, "version": package.version, "bom-ref": purl, "purl": purl,
                "licenses": package.license.map(|licence| vec![json!({ "expression": licence.replace('/', " OR ") })])
                    .unwrap_or_default() })
        })
        .collect();
    let (name, network) = assets.0.get("network").context("no network was added")?;
    let digest: String = Sha256::digest(network).iter().map(|byte| format!("{byte:02x}")).collect();
    components.push(json!({ "type": "machine-learning-model", "name": name, "bom-ref": name,
        "hashes": [{ "alg": "SHA-256", "content": digest }] }));
    Ok(json!({ "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components }))
}

/// The names of the crates in the engine.
fn linked() -> Result<Vec<String>> {
    let tree = [
        "tree",
        "-p",
        "lungfield-element",
        "--all-features",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ];
    let tree = process::capture(
        Command::new("cargo").current_dir(paths::root()).args(tree).args(["--target", crate::wasm::WASM]),
    )?;
    Ok(tree.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
}

/// Packs a folder to an archive in another one.
fn pack(folder: &Path, archives: &Path) -> Result<PathBuf> {
    fs::create_dir_all(archives)?;
    let mut npm = Command::new("npm");
    npm.current_dir(folder).args(["pack", "--json", "--ignore-scripts", "--loglevel=error", "--pack-destination"]);
    let packed: Value = serde_json::from_str(&process::capture(npm.arg(archives))?).context("npm pack said no JSON")?;
    let name = packed[0]["filename"].as_str().context("npm pack named no file")?;
    Ok(archives.join(name))
}

/// The largest file whose compressed size is reported: a larger one takes longer than all else.
const REPORTED_BYTES: u64 = 10_000_000;

/// Prints the size of each part, unpacked and as it is sent.
fn report(folder: &Path) -> Result<()> {
    let files = paths::all_files(&folder.join("dist"))?;
    let small = files.iter().filter(|file| fs::metadata(file).is_ok_and(|file| file.len() <= REPORTED_BYTES));
    compress::twins_of(small.cloned().collect())?;
    for path in files {
        let twin = PathBuf::from(format!("{}.br", path.display()));
        if path.extension().is_some_and(|extension| extension == "ts") {
            continue;
        }
        let raw = fs::metadata(&path)?.len();
        let sent = match fs::metadata(&twin) {
            Ok(twin) => twin.len().to_string(),
            Err(_) if raw > REPORTED_BYTES => "-".to_owned(),
            Err(_) => raw.to_string(),
        };
        println!("{:44} {raw:>9} {sent:>9}", path.strip_prefix(folder)?.display());
        if twin.exists() {
            fs::remove_file(twin)?;
        }
    }
    Ok(())
}

fn version(source: &Path) -> Result<String> {
    let package: Value = serde_json::from_slice(&fs::read(source.join("package.json"))?)?;
    Ok(package["version"].as_str().context("package.json has no version")?.to_owned())
}

/// A hash as `integrity` takes it.
fn hash(content: &[u8]) -> String {
    use base64::Engine as _;
    format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(Sha256::digest(content)))
}

fn filled_in(template: &str, place: &str, text: &str) -> Result<String> {
    ensure!(template.matches(place).count() == 1, "the template must hold {place} once");
    Ok(template.replace(place, text))
}

fn copy(from: &Path, to: &Path, names: &[&str]) -> Result<()> {
    for name in names {
        let target = to.join(name);
        fs::create_dir_all(target.parent().unwrap_or(to))?;
        fs::copy(from.join(name), target).with_context(|| format!("{name} is missing"))?;
    }
    Ok(())
}

fn emptied(folder: PathBuf) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn pretty(value: &Value) -> Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}
