use serde::Serialize;

/// The standard normal distribution's quantile at 0.975: two-sided 95 %.
pub const Z: f64 = 1.959_963_984_540_054;

/// A share of films with its 95 % interval: Wilson's score interval (Wilson 1927, doi:10.1080/01621459.1927.10502953),
/// which keeps its meaning for few films and for shares near 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Proportion {
    /// `count / of`.
    pub value: f64,
    /// The interval's lower end.
    pub low: f64,
    /// The interval's upper end.
    pub high: f64,
    /// Films counted.
    pub count: usize,
    /// Films that could have been.
    pub of: usize,
}

impl Proportion {
    /// `count` of `of` films; `None` of no films.
    pub fn new(count: usize, of: usize) -> Option<Self> {
        if of == 0 {
            return None;
        }
        let n = of as f64;
        let value = count as f64 / n;
        let centre = value + Z * Z / (2.0 * n);
        let reach = Z * (value * (1.0 - value) / n + Z * Z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + Z * Z / n;
        // At 0 and 1 the end of the interval is exact; rounding must not push it beyond.
        let low = if count == 0 { 0.0 } else { (centre - reach) / scale };
        let high = if count == of { 1.0 } else { (centre + reach) / scale };
        Some(Self { value, low, high, count, of })
    }

    /// The films are too few to say much: the interval is wider than 20 points.
    pub fn says_little(&self) -> bool {
        self.high - self.low > 0.2
    }

    /// The share of `items` for which `holds` is true; `None` of no items.
    pub fn among<T>(items: impl IntoIterator<Item = T>, holds: impl Fn(T) -> bool) -> Option<Self> {
        let (mut count, mut of) = (0, 0);
        for item in items {
            of += 1;
            count += usize::from(holds(item));
        }
        Self::new(count, of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(count: usize, of: usize) -> (f64, f64) {
        let share = Proportion::new(count, of).expect("films");
        (share.low, share.high)
    }

    fn near(a: (f64, f64), b: (f64, f64), within: f64) -> bool {
        (a.0 - b.0).abs() < within && (a.1 - b.1).abs() < within
    }

    #[test]
    fn is_newcombes_published_table() {
        // Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, table I, method 3.
        assert!(near(interval(81, 263), (0.2553, 0.3662), 5e-5), "{:?}", interval(81, 263));
        assert!(near(interval(15, 148), (0.0624, 0.1605), 5e-5), "{:?}", interval(15, 148));
        assert!(near(interval(0, 20), (0.0000, 0.1611), 5e-5), "{:?}", interval(0, 20));
        assert!(near(interval(1, 29), (0.0061, 0.1718), 5e-5), "{:?}", interval(1, 29));
    }

    #[test]
    fn mirrors_and_holds_its_value() {
        for of in 1..60 {
            for count in 0..=of {
                let share = Proportion::new(count, of).expect("films");
                assert!(0.0 <= share.low && share.low <= share.value && share.value <= share.high && share.high <= 1.0);
                let mirrored = interval(of - count, of);
                assert!(near((share.low, share.high), (1.0 - mirrored.1, 1.0 - mirrored.0), 1e-12));
            }
        }
    }

    #[test]
    fn no_films_have_no_share() {
        assert_eq!(Proportion::new(0, 0), None);
        assert_eq!(Proportion::among([1, 2, 3, 4], |i| i > 1), Proportion::new(3, 4));
    }
}
