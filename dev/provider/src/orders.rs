//! The orders that the protected API shows: made up, but the same on every machine and in every run.
//!
//! There are always all 10,000 in the database; who asks decides how many are shown.

use rusqlite::{OptionalExtension as _, Row};
use serde::Serialize;

use crate::database::Database;
use crate::failure::Failure;
use crate::time::Timestamp;

/// How many there are.
pub(crate) const ALL: u32 = 10_000;

const CUSTOMERS: [&str; 12] = [
    "Alder & Sons",
    "Brightwater Foods",
    "Casa Verde",
    "Dornier Möbel",
    "Elm Street Books",
    "Fjord Outfitters",
    "Granja del Sol",
    "Hollis Instruments",
    "Ivory Coast Cocoa",
    "Juniper Labs",
    "Kestrel Cycles",
    "Łódź Textiles",
];
const STATUSES: [&str; 5] = ["paid", "shipped", "delivered", "open", "cancelled"];
const CURRENCIES: [&str; 3] = ["EUR", "USD", "GBP"];

/// 2026-01-01T09:00:00Z; every order is a bit older than the one before.
const NEWEST_PLACED_AT: i64 = 1_767_258_000_000;
const APART_MS: i64 = 47 * 60 * 1000;

/// An order as the API shows it.
#[derive(Debug, Serialize)]
pub(crate) struct Order {
    id: i64,
    customer: String,
    status: String,
    total: f64,
    currency: String,
    placed_at: String,
}

impl Order {
    const COLUMNS: &'static str = "id, customer, status, total_cents, currency, placed_at";

    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let total_cents: i32 = row.get(3)?;
        Ok(Self {
            id: row.get(0)?,
            customer: row.get(1)?,
            status: row.get(2)?,
            total: f64::from(total_cents) / 100.0,
            currency: row.get(4)?,
            placed_at: Timestamp::from_millis(row.get(5)?).to_rfc3339(),
        })
    }
}

/// Fills the table if it is empty.
pub(crate) fn seed(database: &Database) -> Result<(), Failure> {
    database.write(|transaction| {
        if transaction.query_row("SELECT EXISTS (SELECT 1 FROM orders)", [], |row| row.get(0))? {
            return Ok(());
        }
        let insert = format!("INSERT INTO orders ({}) VALUES (?1, ?2, ?3, ?4, ?5, ?6)", Order::COLUMNS);
        let mut insert = transaction.prepare(&insert)?;
        let kinds = CUSTOMERS.iter().cycle().zip(STATUSES.iter().cycle()).zip(CURRENCIES.iter().cycle());
        for (number, ((customer, status), currency)) in (0..ALL).zip(kinds) {
            let total_cents = 995 + (i64::from(number) * 7919) % 250_000;
            let placed_at = NEWEST_PLACED_AT - i64::from(number) * APART_MS;
            insert.execute((1001 + number, customer, status, total_cents, currency, placed_at))?;
        }
        Ok(())
    })
}

/// The first so many, newest first.
pub(crate) fn list(database: &Database, rows: u32) -> Result<Vec<Order>, Failure> {
    database.read(|connection| {
        let query = format!("SELECT {} FROM orders ORDER BY id LIMIT ?1", Order::COLUMNS);
        let mut query = connection.prepare(&query)?;
        let orders = query.query_map([rows], Order::from_row)?.collect::<Result<_, _>>()?;
        Ok(orders)
    })
}

/// One of them.
pub(crate) fn find(database: &Database, id: i64) -> Result<Option<Order>, Failure> {
    database.read(|connection| {
        let query = format!("SELECT {} FROM orders WHERE id = ?1", Order::COLUMNS);
        Ok(connection.query_row(&query, [id], Order::from_row).optional()?)
    })
}
