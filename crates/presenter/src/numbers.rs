//! Numbers as people write them. Digits are the same in every language here, as on films and in notes, and so are the signs.

/// A probability in whole per cent. Never "0%" or "100%": the model is not that sure.
pub fn probability(value: f64) -> String {
    match value {
        v if v < 0.01 => "<\u{a0}1%".into(),
        v if v > 0.99 => ">\u{a0}99%".into(),
        v => percent(v, 0),
    }
}

/// A share in per cent with at most `digits` decimals.
pub fn percent(value: f64, digits: u8) -> String {
    number(value * 100.0, digits) + "%"
}

/// A number with at most `digits` decimals. Thousands are set apart; beyond 99,999 languages differ, and nothing here is so large.
pub fn number(value: f64, digits: u8) -> String {
    let unit = 10f64.powi(digits.into());
    // Away from zero at one half, which formatting alone would round to even.
    let written = format!("{:.*}", digits.into(), (value * unit).round() / unit + 0.0);
    let (whole, decimals) = written.split_once('.').unwrap_or((&written, ""));
    let decimals = decimals.trim_end_matches('0');
    let mut text = whole.to_owned();
    if let Some(thousands @ 1..) = whole.trim_start_matches('-').len().checked_sub(3) {
        text.insert(whole.len() - whole.trim_start_matches('-').len() + thousands, ',');
    }
    if !decimals.is_empty() {
        text = text + "." + decimals;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probability_is_never_certain() {
        assert_eq!([0.001, 0.01, 0.934, 0.99, 0.995].map(probability), ["<\u{a0}1%", "1%", "93%", "99%", ">\u{a0}99%"]);
    }

    #[test]
    fn a_number_has_no_empty_decimals_and_rounds_as_people_do() {
        assert_eq!(percent(0.035, 1), "3.5%");
        assert_eq!(percent(0.125, 0), "13%");
        assert_eq!([number(2607.0, 0), number(-12345.5, 1)], ["2,607", "-12,345.5"]);
        assert_eq!([number(999.0, 0), number(0.2504, 3), number(-0.0001, 2)], ["999", "0.25", "0"]);
    }
}
