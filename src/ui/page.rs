//! The protected pages of the config: which one an address names, who may see it, and its blocks.
//!
//! A page is built anew when its path, its parameters, the query string or the user's access change, and at nothing else.

use super::{
    arrival::arrive,
    guard::{Standing, standing},
    markup::{Markup, Slot, decoration, div, el, main, p, region},
    record::record_block,
    require,
    table::table_block,
    text::{self, Said},
    text_block::text_block,
    watch::{Derived, derived, watch},
    way::{Here, LOGIN, address, to_page},
};
use crate::{
    browser::{Vestibule, query_pairs},
    config::{Block, Page},
    session::ReturnPath,
};
use leptos::prelude::*;
use std::sync::Arc;

/// Where a block stands: what its bindings and queries are told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The path of its page as the config writes it.
    pub path: String,
    /// The values of the path's parameters.
    pub params: Vec<(String, String)>,
    /// The pairs of the query string.
    pub url: Vec<(String, String)>,
}

/// What an address names.
#[derive(Clone, Default, PartialEq)]
enum Named {
    /// `/`: the page after a sign-in.
    Home,
    /// One of the config's pages.
    Page(Arc<Place>),
    /// None.
    Nothing,
    /// The login page, on the way there.
    #[default]
    Leaving,
}

/// Whether the user may see a page.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Access {
    Granted,
    Denied,
    /// The user is not known yet.
    #[default]
    Pending,
}

/// The page that the address names. Behind a [`super::Guard`].
///
/// # Panics
/// Outside a `Router`, and without a [`Vestibule`] in context.
#[component]
pub fn Pages() -> impl IntoView {
    pages(expect_context::<Vestibule>())
}

/// The page as a function.
pub fn pages(vestibule: Vestibule) -> Markup {
    let here = Here::of();
    let named = derived(move || {
        let path = here.path();
        let url = query_pairs(&here.query());
        match vestibule.config().page_at(&path) {
            Some((page, params)) => Named::Page(Arc::new(Place { path: page.path.clone(), params, url })),
            None if path.trim_matches('/').is_empty() => Named::Home,
            None if path.trim_end_matches('/') == LOGIN => Named::Leaving,
            None => Named::Nothing,
        }
    });
    let standing = standing(vestibule);
    let to_page = to_page();
    watch(move || {
        if named.with(|named| *named == Named::Home) && matches!(standing.get_untracked(), Standing::Open(_)) {
            to_page(&ReturnPath::default_of(vestibule.config()));
        }
    });
    region(move || match named.get() {
        Named::Page(place) => protected_page(vestibule, place).into_iter().collect(),
        Named::Nothing => vec![not_found(vestibule)],
        Named::Home | Named::Leaving => Vec::new(),
    })
}

fn protected_page(vestibule: Vestibule, place: Arc<Place>) -> Option<Markup> {
    let config = vestibule.config();
    let page = Arc::new(config.pages.iter().find(|page| page.path == place.path)?.clone());
    let heading = Slot::new();
    arrive(vestibule, &page.title, heading);
    let access = access(vestibule, Arc::clone(&page));
    let (path, title) = (page.path.clone(), page.title.clone());
    let content = move || match access.get() {
        Access::Granted => page.blocks.iter().map(|block| block_view(vestibule, block, &page, &place)).collect(),
        Access::Pending => vec![decoration("skeleton-lines")],
        Access::Denied => vec![div("no-access").child(p(text::NO_ACCESS)).child(p(text::NO_ACCESS_HINT).class("hint"))],
    };
    Some(main("page").attr("data-page", &path).child(title_of(&title, heading)).live(content))
}

/// The heading that takes the focus on arrival.
fn title_of(title: impl Into<Said>, heading: Slot) -> Markup {
    el("h1").attr("tabindex", "-1").slot(heading).text(title)
}

fn block_view(vestibule: Vestibule, block: &Block, page: &Page, place: &Arc<Place>) -> Markup {
    let place = Arc::clone(place);
    match block {
        Block::Text(text) => text_block(vestibule, text.clone(), place),
        Block::Table(table) => {
            let mut table = table.clone();
            if table.caption.is_empty() {
                table.caption.clone_from(&page.title);
            }
            // What the page is called already needs no heading of its own.
            let has_heading = table.caption != page.title;
            table_block(vestibule, table, place, has_heading)
        }
        Block::Record(record) => record_block(vestibule, record.clone(), place),
    }
}

fn access(vestibule: Vestibule, page: Arc<Page>) -> Derived<Access> {
    let view = vestibule.view();
    derived(move || {
        if page.require.is_empty() {
            return Access::Granted;
        }
        let store = vestibule.store().values();
        view.with(|view| {
            if require::is_met(&page, view.user.as_ref(), &store) {
                Access::Granted
            } else if view.user.is_none() && view.is_user_pending {
                Access::Pending
            } else {
                Access::Denied
            }
        })
    })
}

fn not_found(vestibule: Vestibule) -> Markup {
    let heading = Slot::new();
    arrive(vestibule, text::NOT_FOUND, heading);
    main("page")
        .child(title_of(text::NOT_FOUND, heading))
        .child(p(text::NOT_FOUND_HINT))
        .child(el("p").child(el("a").attr("href", &address("/")).text(text::HOME)))
}
