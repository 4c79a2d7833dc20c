//! A table or column that a migration adds must be carried over when a database moves, or be left out on purpose.

use incident_core::ports::{Kind, TABLES, Table};
use store_postgres::testkit::Database;

/// What belongs to one database alone, views aside. Who has claimed something is found nowhere else.
const COLUMNS: &str = "SELECT table_name || '.' || column_name, data_type
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
        AND table_name NOT IN ('meta', 'migrations', 'duties')
        AND (table_name, column_name) <> ('effects', 'holder')
    ORDER BY table_name COLLATE \"C\", column_name COLLATE \"C\"";

#[tokio::test]
async fn every_column_of_every_table_moves_with_the_rest() {
    let stored = Database::new().await.rows(COLUMNS).await;
    let kind = |kind| match kind {
        Kind::Text => "text",
        Kind::Number => "bigint",
        Kind::Flag => "boolean",
    };
    let columns = |table: &'static Table| {
        table.columns.iter().map(|column| (table.name, column.name, kind(column.kind)))
    };
    let mut moved: Vec<_> = TABLES.iter().flat_map(columns).collect();
    moved.sort_unstable();
    let moved: Vec<String> =
        moved.into_iter().map(|(table, column, kind)| format!("{table}.{column} {kind}")).collect();
    assert_eq!(moved, stored);
}
