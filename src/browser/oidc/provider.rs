//! What is known of the provider: its metadata, kept for the tab, and its key set, kept for the page.
//!
//! Nobody asks for either twice at the same time. What of it is believed is decided in `oidc::metadata` and `oidc::jwks`.

use super::{
    failing::{Failure, Outcome},
    fetching::{self, MAX_WAIT_MS},
    shared::Shared,
};
use crate::{
    browser::{clock, spawn::Work, storage::Record},
    config::StorageKind,
    oidc::{Metadata, Settings, metadata},
    session::Timestamp,
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

/// Keys that do not fit are no reason to ask for the set again more often.
const KEYS_AFTER_MS: u64 = 60_000;

/// The provider of the settings.
pub struct Provider {
    issuer: String,
    jwks: Option<String>,
    kept: Record,
    /// As it was last fetched.
    metadata: RefCell<Option<Rc<Metadata>>>,
    reading: Rc<Shared>,
    keys: RefCell<Option<Rc<str>>>,
    /// When the set was last asked for though there was one.
    asked_again_at: Cell<Timestamp>,
    fetching: Rc<Shared>,
}

impl Provider {
    pub fn new(settings: &Settings) -> Rc<Self> {
        let key = settings.key(&["metadata:", &settings.issuer].concat());
        Rc::new(Self {
            issuer: settings.issuer.clone(),
            jwks: settings.jwks.clone(),
            kept: Record::new(key, StorageKind::Session),
            metadata: RefCell::default(),
            reading: Shared::new(),
            keys: RefCell::default(),
            asked_again_at: Cell::default(),
            fetching: Shared::new(),
        })
    }

    /// The metadata as it was last read, however long ago.
    pub fn known(&self) -> Option<Metadata> {
        Metadata::read(&self.kept.read()?, &self.issuer).ok()
    }

    /// The metadata: the kept one while it is good, else the provider's.
    pub fn metadata(self: &Rc<Self>) -> Work<Outcome<Rc<Metadata>>> {
        let provider = Rc::clone(self);
        Box::pin(async move {
            let kept = provider.kept.read();
            let kept = kept.and_then(|kept| Metadata::from_json(&kept, &provider.issuer, clock::now()));
            if let Some(metadata) = kept {
                return Ok(Rc::new(metadata));
            }
            let reader = Rc::clone(&provider);
            provider.reading.outcome(Box::pin(async move { reader.read_metadata().await })).await?;
            provider.metadata.borrow().clone().ok_or(Failure::Unreachable.into())
        })
    }

    /// The address that `address` stands for; `None` where it names an endpoint that the provider does not have.
    pub fn resolve(self: &Rc<Self>, address: &str) -> Work<Outcome<Option<String>>> {
        let (provider, address) = (Rc::clone(self), address.to_owned());
        Box::pin(async move {
            let Some(reference) = metadata::reference(&address) else { return Ok(Some(address)) };
            if !reference.is_of(&provider.issuer) {
                return Err(Failure::wrong("a request names an endpoint of another issuer than the config's"));
            }
            Ok(provider.metadata().await?.endpoint(&reference.name).map(str::to_owned))
        })
    }

    /// The address that `address` stands for; where it names an endpoint that the provider does not have, `missing` says so.
    pub fn endpoint(self: &Rc<Self>, address: &str, missing: &'static str) -> Work<Outcome<String>> {
        let resolved = self.resolve(address);
        Box::pin(async move { resolved.await?.ok_or_else(|| Failure::wrong(missing)) })
    }

    /// The key set, fetched where it is not known yet.
    pub fn keys(self: &Rc<Self>) -> Work<Outcome<Rc<str>>> {
        let provider = Rc::clone(self);
        Box::pin(async move {
            if provider.keys.borrow().is_none() {
                provider.fetch_keys().await?;
            }
            provider.known_keys()
        })
    }

    /// The key set once more, as the provider may have changed its keys; `None` where it was fetched once more a moment ago.
    pub async fn newer_keys(self: &Rc<Self>) -> Outcome<Option<Rc<str>>> {
        let (asked_at, now) = (self.asked_again_at.get(), clock::now());
        if (asked_at..asked_at.after_ms(KEYS_AFTER_MS)).contains(&now) {
            return Ok(None);
        }
        self.asked_again_at.set(now);
        self.fetch_keys().await?;
        self.known_keys().map(Some)
    }

    fn known_keys(&self) -> Outcome<Rc<str>> {
        self.keys.borrow().clone().ok_or(Failure::Unreachable.into())
    }

    fn fetch_keys(self: &Rc<Self>) -> Work<Outcome<()>> {
        let provider = Rc::clone(self);
        let work = Box::pin(async move {
            let address = match &provider.jwks {
                Some(address) => provider.resolve(address).await?,
                None => provider.metadata().await?.jwks_uri().map(str::to_owned),
            };
            let address =
                address.ok_or_else(|| Failure::wrong("the provider's metadata names no key set (`jwks_uri`)"))?;
            let keys = fetching::get(&address, MAX_WAIT_MS).await?;
            *provider.keys.borrow_mut() = Some(keys.into());
            Ok(())
        });
        self.fetching.outcome(work)
    }

    async fn read_metadata(&self) -> Outcome<()> {
        let mut failure = None;
        let begun_at = clock::now();
        for address in metadata::well_known(&self.issuer) {
            let spent_ms = u32::try_from(clock::now().ms_since(begun_at)).unwrap_or(u32::MAX);
            let read = fetching::get(&address, MAX_WAIT_MS.saturating_sub(spent_ms)).await;
            let read = read.and_then(|body| {
                Metadata::read(&body, &self.issuer).map_err(|problem| Failure::wrong(problem.as_str()))
            });
            match read {
                Ok(metadata) => {
                    // Where the tab's storage is full or blocked, the page remembers it.
                    _ = self.kept.write(Some(&metadata.to_json(clock::now())), StorageKind::Session);
                    *self.metadata.borrow_mut() = Some(Rc::new(metadata));
                    return Ok(());
                }
                // A place where there is nothing often lacks the headers by which a page may see that.
                Err(found) if matches!(*found, Failure::Wrong(_) | Failure::Unreachable) => {
                    failure = failure.or(Some(found));
                }
                Err(found) => return Err(found),
            }
        }
        Err(failure.unwrap_or_else(|| Failure::wrong("the issuer in the config is no address that can be asked")))
    }
}
