//! JSON as people read it: what fits into a line is on one.

/// Columns of a line. A record of the manifest's measurements that has one number fits.
const WIDTH: usize = 200;

/// Joins what `serde_json` has printed with a line for each value.
pub fn joined(pretty: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    // The lines that an object or a list starts on which is not at its end.
    let mut open = Vec::new();
    for line in pretty.lines() {
        lines.push(line.to_owned());
        if line.trim_start().starts_with(['}', ']'])
            && let Some(start) = open.pop()
        {
            let within: Vec<&str> = lines[start + 1..lines.len() - 1].iter().map(|line| line.trim_start()).collect();
            let joined = format!("{}{}{}", lines[start], within.join(" "), line.trim_start());
            if joined.chars().count() <= WIDTH {
                lines.truncate(start);
                lines.push(joined);
            }
        }
        if line.ends_with(['{', '[']) {
            open.push(lines.len() - 1);
        }
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_fits_is_on_one_line_and_the_rest_is_not() {
        let long = "a".repeat(150);
        let value =
            json!({ "empty": {}, "list": [{ "a": long, "b": "}," }, { "a": long, "b": long }], "z": [1, 2.5, null] });
        let text = joined(&serde_json::to_string_pretty(&value).expect("JSON"));
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), value);
        let lines: Vec<&str> = text.lines().collect();
        let short = format!("    {{\"a\": \"{long}\", \"b\": \"}},\"}},");
        assert_eq!(lines[..5], ["{", "  \"empty\": {},", "  \"list\": [", &short, "    {"]);
        assert_eq!(lines[lines.len() - 2..], ["  \"z\": [1, 2.5, null]", "}"]);
    }
}
