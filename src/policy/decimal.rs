//! Amounts, exactly: a limit of 5000 is reached at 5000 and not by a rounding of a computer. What cannot be held
//! exactly is no amount.

use serde_json::Value;

/// Digits behind the point.
const PLACES: u32 = 12;
const ONE: i128 = 10_i128.pow(PLACES);

/// An amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decimal(i128);

impl Decimal {
    /// Nothing.
    pub const ZERO: Decimal = Decimal(0);
    /// One.
    pub const ONE: Decimal = Decimal(ONE);

    /// A whole number.
    pub fn whole(number: u64) -> Decimal {
        Decimal(i128::from(number).saturating_mul(ONE))
    }

    /// Of a JSON number; none of anything else, and of what is too large or too fine.
    pub fn of(value: &Value) -> Option<Decimal> {
        match value {
            Value::Number(number) => Decimal::parse(&number.to_string()),
            _ => None,
        }
    }

    /// Of the digits of a JSON number.
    pub fn parse(text: &str) -> Option<Decimal> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (is_negative, digits) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let fraction = fraction.trim_end_matches('0');
        let mut number: i128 = 0;
        for digit in whole.bytes().chain(fraction.bytes()) {
            let digit = digit.is_ascii_digit().then(|| i128::from(digit - b'0'))?;
            number = number.checked_mul(10)?.checked_add(digit)?;
        }
        if number == 0 {
            return Some(Decimal::ZERO);
        }
        let shift = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?.checked_add(PLACES as i32)?;
        let number = if shift >= 0 {
            number.checked_mul(10_i128.checked_pow(u32::try_from(shift).ok()?)?)?
        } else {
            let by = 10_i128.checked_pow(shift.unsigned_abs())?;
            (number % by == 0).then_some(number / by)?
        };
        Some(Decimal(if is_negative { -number } else { number }))
    }

    /// Without its sign: what is taken back is no budget for more.
    pub fn size(self) -> Decimal {
        Decimal(self.0.saturating_abs())
    }

    /// The sum; none where it cannot be held.
    pub fn plus(self, other: Decimal) -> Option<Decimal> {
        self.0.checked_add(other.0).map(Decimal)
    }

    /// The difference, not below nothing.
    pub fn less(self, other: Decimal) -> Decimal {
        Decimal(self.0.saturating_sub(other.0).max(0))
    }

    /// So many times.
    pub fn times(self, number: u64) -> Option<Decimal> {
        self.0.checked_mul(i128::from(number)).map(Decimal)
    }

    /// Whether there is nothing behind the point.
    pub fn is_whole(self) -> bool {
        self.0 % ONE == 0
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, rest) = ((self.0 / ONE).unsigned_abs(), (self.0 % ONE).unsigned_abs());
        let sign = if self.0 < 0 { "-" } else { "" };
        if rest == 0 {
            return write!(formatter, "{sign}{whole}");
        }
        let fraction = format!("{rest:0width$}", width = PLACES as usize);
        write!(formatter, "{sign}{whole}.{}", fraction.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_or_none() {
        let of = |text: &str| Decimal::parse(text).map(|amount| amount.to_string());
        for (text, amount) in [
            ("0.1", "0.1"),
            ("1e3", "1000"),
            ("-2.50", "-2.5"),
            ("10", "10"),
            ("0.99", "0.99"),
            ("5e-1", "0.5"),
        ] {
            assert_eq!(of(text).as_deref(), Some(amount));
        }
        for none in ["1e40", "0.0000000000001", "1e999999999", "9999999999999999999999999999999999999999"] {
            assert_eq!(of(none), None, "{none}");
        }
        let (a, b) = (Decimal::parse("0.1").unwrap(), Decimal::parse("0.2").unwrap());
        assert_eq!(a.plus(b), Decimal::parse("0.3"));
    }
}
