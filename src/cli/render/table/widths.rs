//! How wide each column is, and which have no room. Pure.

use super::column::{Column, READABLE, WISHES};
use super::{GAP, WIDEST};

/// A table of fewer columns says too little of its records: they are shown in blocks instead.
const FEWEST: usize = 3;

/// What fits.
pub struct Fit {
    /// Places of the columns that stay.
    pub kept: Vec<usize>,
    /// Room for each of them.
    pub widths: Vec<usize>,
}

/// The columns that stay, and the least of each, then wish after wish as far as the room goes; of a wish that
/// cannot be granted whole, the widest columns go without. Columns leave from the right until what records are called
/// can be read. None if too few would stay.
pub fn fit(columns: &[Column], total: Option<usize>) -> Option<Fit> {
    let Some(total) = total else {
        let kept = (0..columns.len()).collect();
        let widths = columns.iter().map(|column| column.natural().min(WIDEST.max(column.least()))).collect();
        return Some(Fit { kept, widths });
    };
    let kept = staying(columns, total);
    let staying: Vec<&Column> = kept.iter().map(|at| &columns[*at]).collect();
    let mut widths: Vec<usize> = staying.iter().map(|column| column.least()).collect();
    let room = total.checked_sub(GAP * kept.len().saturating_sub(1))?;
    if widths.iter().sum::<usize>() > room {
        return None;
    }
    for wish in 1..WISHES {
        widths = raised(&widths, &staying, wish, room);
    }
    Some(Fit { kept, widths })
}

/// The columns that are left when those on the right had to leave.
fn staying(columns: &[Column], total: usize) -> Vec<usize> {
    let mut needs = columns.iter().map(|column| column.wants[READABLE] + GAP).sum::<usize>();
    let mut count = columns.len();
    let mut leaves = vec![false; columns.len()];
    for (at, column) in columns.iter().enumerate().rev() {
        if needs <= total + GAP || count <= FEWEST {
            break;
        }
        if !column.stays {
            leaves[at] = true;
            needs -= column.wants[READABLE] + GAP;
            count -= 1;
        }
    }
    (0..columns.len()).filter(|at| !leaves[*at]).collect()
}

fn raised(now: &[usize], columns: &[&Column], wish: usize, room: usize) -> Vec<usize> {
    let at = |level: usize| -> Vec<usize> {
        now.iter().zip(columns).map(|(now, column)| column.wants[wish].min(level).max(*now)).collect()
    };
    let needs = |widths: &[usize]| widths.iter().sum::<usize>();
    let (mut fits, mut beyond) = (0, room + 1);
    while beyond - fits > 1 {
        let level = fits.midpoint(beyond);
        if needs(&at(level)) <= room { fits = level } else { beyond = level }
    }
    let mut widths = at(fits);
    let mut spare = room - needs(&widths);
    for (width, column) in widths.iter_mut().zip(columns) {
        if spare > 0 && *width < column.wants[wish] {
            *width += 1;
            spare -= 1;
        }
    }
    widths
}
