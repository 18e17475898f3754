//! What a block says that has nothing to show: the config's words, and where to go from here.

use super::{
    markup::{Markup, div, el, p},
    text::{Said, Text},
    way::address,
};
use crate::config::Empty;

/// The words of the config, or else `text`.
pub fn empty(empty: &Empty, text: Text) -> Markup {
    let link = empty.link.as_ref().map(|(title, url)| {
        let link = el("a").class("button").text(title);
        if url.starts_with('/') {
            link.attr("href", &address(url))
        } else {
            // Away from this app: the router must not take it for one of ours.
            link.attr("href", url).attr("rel", "external")
        }
    });
    div("empty").child(p(empty.text.clone().map_or(text.into(), Said::Words))).children(link)
}
