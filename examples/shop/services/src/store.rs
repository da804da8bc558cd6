//! The SQLite file: a few reading connections and one that writes.
//!
//! In:    closures that take a connection; they run on blocking threads.
//! Out:   their results. A read sees one snapshot; a write is one immediate
//!        transaction that is undone unless the closure succeeds.
//! Never: a lock held across an await, or SQLite on an async thread.

use crate::problem::Fault;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Prepared statements that a connection keeps.
const STATEMENTS: usize = 96;

/// The open database; share it in an [`Arc`].
pub(crate) struct Store {
    readers: Mutex<Vec<Connection>>,
    /// One permit for each reading connection.
    free_readers: Arc<Semaphore>,
    writer: Mutex<Connection>,
    generation: AtomicU64,
}

impl Store {
    /// Opens a seeded file with `readers` reading connections (at least one).
    ///
    /// # Errors
    ///
    /// SQLite's, when the file cannot be opened.
    pub(crate) fn open(file: &Path, readers: usize) -> Result<Self, rusqlite::Error> {
        let writer = connect(file)?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        let readers = (0..readers.max(1))
            .map(|_| {
                let reader = connect(file)?;
                reader.pragma_update(None, "query_only", true)?;
                Ok(reader)
            })
            .collect::<Result<Vec<_>, rusqlite::Error>>()?;
        Ok(Self {
            free_readers: Arc::new(Semaphore::new(readers.len())),
            readers: Mutex::new(readers),
            writer: Mutex::new(writer),
            generation: AtomicU64::new(0),
        })
    }

    /// How many writes there have been: what was computed at one generation
    /// holds until the next.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Runs `query` on a reading connection, in one snapshot.
    ///
    /// # Errors
    ///
    /// `query`'s, or [`Fault::Internal`] when it panicked.
    pub(crate) async fn read<T, F>(self: &Arc<Self>, query: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        // The permit goes along: a client that leaves frees no connection early.
        let permit = Arc::clone(&self.free_readers)
            .acquire_owned()
            .await
            .map_err(|_| Fault::Internal("the store is closed"))?;
        let store = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let lent = Lent::take(&store)?;
            let snapshot = lent.connection()?.unchecked_transaction()?;
            query(&snapshot)
        })
        .await
        .map_err(|_| Fault::Internal("a query panicked"))?
    }

    /// Runs `change` in an immediate transaction: no two overlap.
    ///
    /// # Errors
    ///
    /// `change`'s, after which nothing has changed.
    pub(crate) async fn write<T, F>(self: &Arc<Self>, change: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, Fault> + Send + 'static,
    {
        let store = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            let mut writer = unpoisoned(&store.writer);
            let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let result = change(&transaction)?;
            transaction.commit()?;
            store.generation.fetch_add(1, Ordering::Release);
            Ok(result)
        })
        .await
        .map_err(|_| Fault::Internal("a change panicked"))?
    }
}

/// A reading connection on loan; it goes back however the query ends.
struct Lent<'a> {
    store: &'a Store,
    connection: Option<Connection>,
}

impl<'a> Lent<'a> {
    fn take(store: &'a Store) -> Result<Self, Fault> {
        let connection = unpoisoned(&store.readers).pop();
        if connection.is_none() {
            return Err(Fault::Internal("a permit without a connection"));
        }
        Ok(Self { store, connection })
    }

    fn connection(&self) -> Result<&Connection, Fault> {
        self.connection.as_ref().ok_or(Fault::Internal("a loan without a connection"))
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            unpoisoned(&self.store.readers).push(connection);
        }
    }
}

/// A panic under this lock leaves nothing half done: transactions roll back,
/// and the list of readers is changed in one step.
fn unpoisoned<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(file: &Path) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "foreign_keys", true)?;
    // With WAL, NORMAL loses no consistency: a power cut may lose last commits.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "mmap_size", 256 << 20)?;
    Ok(connection)
}
