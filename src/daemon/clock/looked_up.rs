//! What notices look up while they are made: each client once, and an error is kept until they are done.

use crate::mail::Address;
use crate::store::Tx;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// The database as notices see it.
pub(super) struct LookedUp<'a> {
    tx: &'a Tx<'a>,
    known: RefCell<HashMap<Address, bool>>,
    error: Cell<Option<anyhow::Error>>,
}

impl<'a> LookedUp<'a> {
    pub(super) fn new(tx: &'a Tx<'a>) -> Self {
        Self { tx, known: RefCell::default(), error: Cell::default() }
    }

    /// What was read; nothing, if it could not be.
    pub(super) fn read<T: Default>(&self, read: anyhow::Result<T>) -> T {
        read.unwrap_or_else(|error| {
            self.error.set(Some(error));
            T::default()
        })
    }

    /// Whether he is no stranger.
    pub(super) fn is_known(&self, client: &Address) -> bool {
        let known = self.known.borrow().get(client).copied();
        known.unwrap_or_else(|| {
            let known = self.read(self.tx.is_client(client));
            self.known.borrow_mut().insert(client.clone(), known);
            known
        })
    }

    /// # Errors
    /// The last that something could not be read for.
    pub(super) fn ended_well(&self) -> anyhow::Result<()> {
        self.error.take().map_or(Ok(()), Err)
    }
}
