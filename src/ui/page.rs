//! The protected pages of the config: which one an address names, who may see it, and its blocks.
//!
//! A page is built anew when its path, its parameters, the query string or the user's access change, and at nothing else.

use super::{
    TRUE,
    arrival::arrive,
    guard::{Standing, standing},
    record::RecordBlock,
    require,
    table::TableBlock,
    text,
    text_block::TextBlock,
    way::{Here, LOGIN, address, query_pairs, to_page},
};
use crate::{
    browser::Vestibule,
    config::{Block, Page},
    session::ReturnPath,
};
use leptos::{html, prelude::*};
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
#[derive(Clone, PartialEq)]
enum Named {
    /// `/`: the page after a sign-in.
    Home,
    /// One of the config's pages.
    Page(Arc<Place>),
    /// None.
    Nothing,
    /// The login page, on the way there.
    Leaving,
}

/// Whether the user may see a page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Granted,
    Denied,
    /// The user is not known yet.
    Pending,
}

/// The page that the address names. Behind a [`super::Guard`].
///
/// # Panics
/// Outside a `Router`, and without a [`Vestibule`] in context.
#[component]
pub fn Pages() -> impl IntoView {
    let vestibule = expect_context::<Vestibule>();
    let here = Here::of();
    let named = Memo::new(move |_| {
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
    Effect::new(move |_| {
        if named.with(|named| *named == Named::Home) && matches!(standing.get_untracked(), Standing::Open(_)) {
            to_page(&ReturnPath::default_of(&vestibule.config()));
        }
    });
    move || match named.get() {
        Named::Page(place) => protected_page(vestibule, place),
        Named::Nothing => not_found(vestibule),
        Named::Home | Named::Leaving => ().into_any(),
    }
}

fn protected_page(vestibule: Vestibule, place: Arc<Place>) -> AnyView {
    let config = vestibule.config();
    let Some(page) = config.pages.iter().find(|page| page.path == place.path).cloned() else {
        return ().into_any();
    };
    let page = Arc::new(page);
    let heading = NodeRef::<html::H1>::new();
    arrive(vestibule, &page.title, heading);
    let access = access(vestibule, Arc::clone(&page));
    let (path, title) = (page.path.clone(), page.title.clone());
    let content = move || match access.get() {
        Access::Granted => page.blocks.iter().map(|block| block_view(block, &page, &place)).collect_view().into_any(),
        Access::Pending => view! { <div class="skeleton-lines" aria-hidden=TRUE></div> }.into_any(),
        Access::Denied => view! {
            <div class="no-access">
                <p>{text::NO_ACCESS}</p>
                <p class="hint">{text::NO_ACCESS_HINT}</p>
            </div>
        }
        .into_any(),
    };
    view! {
        <main class="page" id="content" tabindex="-1" data-page=path>
            <h1 tabindex="-1" node_ref=heading>{title}</h1>
            {content}
        </main>
    }
    .into_any()
}

fn block_view(block: &Block, page: &Page, place: &Arc<Place>) -> AnyView {
    let place = Arc::clone(place);
    match block {
        Block::Text(text) => view! { <TextBlock text=text.clone() place/> }.into_any(),
        Block::Table(table) => {
            let mut table = table.clone();
            if table.caption.is_empty() {
                table.caption.clone_from(&page.title);
            }
            view! { <TableBlock table place/> }.into_any()
        }
        Block::Record(record) => view! { <RecordBlock record=record.clone() place/> }.into_any(),
    }
}

fn access(vestibule: Vestibule, page: Arc<Page>) -> Memo<Access> {
    let view = vestibule.view();
    Memo::new(move |_| {
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

fn not_found(vestibule: Vestibule) -> AnyView {
    let heading = NodeRef::<html::H1>::new();
    arrive(vestibule, text::NOT_FOUND, heading);
    view! {
        <main class="page" id="content" tabindex="-1">
            <h1 tabindex="-1" node_ref=heading>{text::NOT_FOUND}</h1>
            <p>{text::NOT_FOUND_HINT}</p>
            <p><a href=address("/")>{text::HOME}</a></p>
        </main>
    }
    .into_any()
}
