//! What is measured of a page, and what many runs make of it: a median, and how far the runs lie apart.

/// Everything that is measured, in the order of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Something is on the screen.
    Paint,
    /// The user name's field is there, seen and free.
    Field,
    /// A key that was pressed has arrived in it.
    Key,
    /// The sign-in request is on its way, to the last byte.
    Sent,
    /// The first protected row is seen.
    Rows,
    /// From a reload by somebody signed in to the first row.
    Reload,
    /// The sum of all layout shifts until the first key.
    ShiftOfLoad,
    /// The same, until the rows.
    Shift,
    /// Requests that had begun when the field was there.
    RequestsToField,
    /// Of these, how many were waited for one after the other.
    ChainToField,
    /// Requests that had begun when the sign-in was sent, with it.
    RequestsToSent,
    /// Of these, how many were waited for one after the other.
    ChainToSent,
    /// Bytes over the wire until the field.
    BytesToField,
    /// Bytes over the wire until the rows.
    Bytes,
    /// JavaScript's heap when the rows are there.
    Heap,
    /// `WebAssembly`'s memory then.
    Wasm,
    /// The most that the renderer has had resident.
    Resident,
}

/// How a figure is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Milliseconds.
    Time,
    /// No unit.
    Count,
    /// Kilobytes of 1000 bytes.
    Size,
    /// Megabytes of a million bytes.
    Memory,
    /// A score of Chromium's.
    Score,
}

impl Figure {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Paint,
        Self::Field,
        Self::Key,
        Self::Sent,
        Self::Rows,
        Self::Reload,
        Self::ShiftOfLoad,
        Self::Shift,
        Self::RequestsToField,
        Self::ChainToField,
        Self::RequestsToSent,
        Self::ChainToSent,
        Self::BytesToField,
        Self::Bytes,
        Self::Heap,
        Self::Wasm,
        Self::Resident,
    ];

    /// As the report calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Paint => "first contentful paint",
            Self::Field => "username field seen and free",
            Self::Key => "a typed key arrives in it",
            Self::Sent => "an early submit is sent",
            Self::Rows => "protected rows seen",
            Self::Reload => "reload, signed in: rows seen",
            Self::ShiftOfLoad => "layout shift until the first key",
            Self::Shift => "layout shift until the rows",
            Self::RequestsToField => "requests until the field",
            Self::RequestsToSent => "requests until the submit is sent",
            Self::ChainToField | Self::ChainToSent => "  one after the other",
            Self::BytesToField => "over the wire until the field",
            Self::Bytes => "over the wire until the rows",
            Self::Heap => "JavaScript heap at the rows",
            Self::Wasm => "WebAssembly memory",
            Self::Resident => "renderer's peak resident memory",
        }
    }

    /// How it is written.
    pub const fn unit(self) -> Unit {
        match self {
            Self::Paint | Self::Field | Self::Key | Self::Sent | Self::Rows | Self::Reload => Unit::Time,
            Self::ShiftOfLoad | Self::Shift => Unit::Score,
            Self::RequestsToField | Self::ChainToField | Self::RequestsToSent | Self::ChainToSent => Unit::Count,
            Self::BytesToField | Self::Bytes => Unit::Size,
            Self::Heap | Self::Wasm | Self::Resident => Unit::Memory,
        }
    }
}

impl Unit {
    /// `value` with its unit.
    pub fn write(self, value: f64) -> String {
        match self {
            Self::Time => format!("{value:.0} ms"),
            Self::Count => format!("{value:.0}"),
            Self::Size => format!("{:.1} KB", value / 1e3),
            Self::Memory => format!("{:.1} MB", value / 1e6),
            Self::Score if value == 0.0 => "0".to_owned(),
            Self::Score => format!("{value:.4}"),
        }
    }
}

/// What one visit has shown.
pub type Sample = Vec<(Figure, f64)>;

/// A median and the extremes around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Half of the runs were no larger.
    pub median: f64,
    /// The smallest.
    pub least: f64,
    /// The largest.
    pub most: f64,
}

impl Spread {
    /// Of one figure over all runs; `None` where no run has it.
    pub fn of(samples: &[Sample], figure: Figure) -> Option<Self> {
        let own = samples.iter().flatten().filter(|(own, _)| *own == figure);
        let mut values: Vec<f64> = own.map(|(_, value)| *value).collect();
        values.sort_by(f64::total_cmp);
        let (least, most) = (*values.first()?, *values.last()?);
        let upper = *values.get(values.len() / 2)?;
        let lower = *values.get((values.len() - 1) / 2)?;
        Some(Self { median: f64::midpoint(lower, upper), least, most })
    }

    /// `410 ms (398 to 455)`; where all runs agree, that alone.
    pub fn write(self, unit: Unit) -> String {
        let [median, least, most] = [self.median, self.least, self.most].map(|value| unit.write(value));
        if least == most {
            return median;
        }
        let bare = |text: &str| text.split(' ').next().unwrap_or_default().to_owned();
        format!("{median} ({} to {})", bare(&least), bare(&most))
    }
}

#[cfg(test)]
mod tests {
    use super::{Figure, Spread, Unit};

    fn spread(values: &[f64]) -> Spread {
        let samples: Vec<_> = values.iter().map(|value| vec![(Figure::Key, *value)]).collect();
        Spread::of(&samples, Figure::Key).unwrap()
    }

    #[test]
    fn the_median_is_in_the_middle_and_the_extremes_are_told() {
        assert_eq!(spread(&[3.0, 1.0, 2.0]), Spread { median: 2.0, least: 1.0, most: 3.0 });
        assert_eq!(spread(&[4.0, 1.0, 2.0, 3.0]), Spread { median: 2.5, least: 1.0, most: 4.0 });
        assert_eq!(Spread::of(&[vec![]], Figure::Key), None);
    }

    #[test]
    fn a_spread_is_written_with_its_unit_once() {
        assert_eq!(spread(&[398.2, 410.0, 455.0]).write(Unit::Time), "410 ms (398 to 455)");
        assert_eq!(spread(&[0.0, 0.0]).write(Unit::Score), "0");
        assert_eq!(spread(&[119_700.0]).write(Unit::Size), "119.7 KB");
    }
}
