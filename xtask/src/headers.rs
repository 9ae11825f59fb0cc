//! The `_headers` file: which response headers go with which path.
//!
//! The format is the one static hosts understand: a path pattern on a line of its own, in which `*` stands for any
//! text, then indented `Name: value` lines. Every matching block applies. `#` starts a comment line.

use anyhow::{Context, Result, bail};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The rules of one `_headers` file, in the file's order.
#[derive(Debug, Default)]
pub struct Headers {
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    pattern: String,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Headers {
    /// Reads the text of a `_headers` file.
    ///
    /// # Errors
    /// If a line is neither a pattern nor a header that belongs to one; the message holds its number.
    pub fn parse(text: &str) -> Result<Self> {
        let mut rules: Vec<Rule> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let at = || format!("_headers, line {}", index + 1);
            let content = line.trim();
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            if !line.starts_with(char::is_whitespace) {
                rules.push(Rule { pattern: content.to_owned(), headers: Vec::new() });
                continue;
            }
            let Some(rule) = rules.last_mut() else { bail!("{}: a header before any path", at()) };
            let (name, value) =
                content.split_once(':').with_context(|| format!("{}: no colon after the header's name", at()))?;
            rule.headers.push((name.trim().parse().with_context(at)?, value.trim().parse().with_context(at)?));
        }
        Ok(Self { rules })
    }

    /// Adds to `response` the headers of every rule that matches `path`.
    pub fn apply(&self, path: &str, response: &mut HeaderMap) {
        for rule in self.rules.iter().filter(|rule| matches(&rule.pattern, path)) {
            for (name, value) in &rule.headers {
                response.insert(name, value.clone());
            }
        }
    }
}

fn matches(pattern: &str, path: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => path.len() >= start.len() + end.len() && path.starts_with(start) && path.ends_with(end),
        None => pattern == path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_matching_rule_applies() {
        let headers =
            Headers::parse("# all\n/*\n  X-A: 1\n/assets/*\n  Cache-Control: max-age=9, immutable\n/sw.js\n  X-B: 2\n")
                .expect("a valid file");
        let of = |path: &str| {
            let mut map = HeaderMap::new();
            headers.apply(path, &mut map);
            map.iter()
                .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or_default()))
                .collect::<Vec<_>>()
        };
        assert_eq!(of("/assets/app.js"), ["x-a: 1", "cache-control: max-age=9, immutable"]);
        assert_eq!(of("/sw.js"), ["x-a: 1", "x-b: 2"]);
        assert_eq!(of("/other/sw.js"), ["x-a: 1"]);
    }

    #[test]
    fn a_faulty_line_is_named() {
        for (text, line) in [("  X-A: 1\n", "line 1"), ("/*\n  X-A 1\n", "line 2"), ("/*\n\n  X A: 1\n", "line 3")] {
            let error = Headers::parse(text).expect_err("a faulty file");
            assert!(format!("{error:#}").contains(line), "{error:#}");
        }
    }
}
