//! Elements as plain descriptions: what the pages of this floor are written in.
//!
//! A `view!` gives every element a type of its own, and every type its own machine code: written that way, this floor
//! was four times as large, and whoever opens the login page waits for all of it. A [`Markup`] is one type, read by one
//! function. It is a Leptos view like any other, its live parts are Leptos effects, and it can hold other views. It sets
//! attributes and texts one by one, so nothing of it is ever `innerHTML`, which Trusted Types refuse.

use super::{
    text::Said,
    watch::{self, Kept, Running},
};
use crate::browser::{self, PAINTED};
use leptos::{
    prelude::document,
    tachys::{
        html::attribute::any_attribute::AnyAttribute,
        hydration::Cursor,
        no_attrs,
        renderer::{dom::Dom, types},
        view::{Mountable, Position, PositionState, Render, RenderHtml},
    },
};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, HtmlElement, Node};

/// An element that is to be built. Boxed, so that it is handed on as one word.
pub struct Markup(Box<Description>);

struct Description {
    tag: &'static str,
    parts: Vec<Part>,
    is_painted: bool,
}

enum Part {
    Attributes(&'static [(&'static str, &'static str)]),
    Attribute(&'static str, Said),
    LiveAttribute(&'static str, Box<dyn Fn() -> Option<String> + Send>),
    LiveClass(&'static str, Box<dyn Fn() -> bool + Send>),
    Text(Said),
    LiveText(Box<dyn Fn() -> String + Send>),
    Child(Markup),
    Live(Box<dyn Fn() -> Vec<Markup> + Send>),
    On(&'static str, Box<dyn FnMut(Event) + Send>),
    Slot(Slot),
}

/// An element called `tag`.
#[inline(never)]
pub fn el(tag: &'static str) -> Markup {
    Markup(Box::new(Description { tag, parts: Vec::new(), is_painted: false }))
}

/// A `div` of a class.
pub fn div(class: &str) -> Markup {
    el("div").class(class)
}

/// A paragraph.
pub fn p(text: impl Into<Said>) -> Markup {
    el("p").text(text)
}

/// A button that submits nothing.
pub fn button(class: &str, label: impl Into<Said>, pressed: impl Fn() + Send + 'static) -> Markup {
    el("button").attrs(&[("type", "button")]).class(class).text(label).on("click", move |_| pressed())
}

/// The page's `main`, which the skip link leads to.
pub fn main(class: &str) -> Markup {
    el("main").class(class).attrs(&[("id", "content"), ("tabindex", "-1")])
}

/// What one of several pages is shown in; a box that the layout does not see.
pub fn region(page: impl Fn() -> Vec<Markup> + Send + 'static) -> Markup {
    div("region").live(page)
}

/// The page that was painted before the app was there, for as long as nothing has taken it over.
pub fn painted() -> Option<Element> {
    browser::painted(&document())
}

/// Removes that page: it is not wanted.
pub fn discard_painted() {
    if let Some(painted) = painted() {
        painted.remove();
    }
}

/// A picture that only decorates: the style sheet draws it.
pub fn decoration(class: &str) -> Markup {
    div(class).attrs(&[("aria-hidden", "true")])
}

impl Markup {
    /// This is the page that was painted: taken over where it still is, with everything in it.
    pub fn painted(mut self) -> Self {
        self.0.is_painted = true;
        self
    }

    /// Attributes that everybody knows beforehand.
    pub fn attrs(self, attributes: &'static [(&'static str, &'static str)]) -> Self {
        self.with(Part::Attributes(attributes))
    }

    /// An attribute.
    pub fn attr(self, name: &'static str, value: impl Into<Said>) -> Self {
        self.with(Part::Attribute(name, value.into()))
    }

    /// The class attribute.
    pub fn class(self, names: &str) -> Self {
        self.attr("class", names)
    }

    /// An attribute that changes, and is there while there is a value.
    pub fn live_attr(self, name: &'static str, value: impl Fn() -> Option<String> + Send + 'static) -> Self {
        self.with(Part::LiveAttribute(name, Box::new(value)))
    }

    /// An attribute without a value that is there while `is_set`.
    pub fn flag(self, name: &'static str, is_set: impl Fn() -> bool + Send + 'static) -> Self {
        self.live_attr(name, move || is_set().then(String::new))
    }

    /// An attribute that says `true` or `false`.
    pub fn state(self, name: &'static str, is_so: impl Fn() -> bool + Send + 'static) -> Self {
        self.live_attr(name, move || Some(is_so().to_string()))
    }

    /// A class that is there while `is_set`.
    pub fn live_class(self, name: &'static str, is_set: impl Fn() -> bool + Send + 'static) -> Self {
        self.with(Part::LiveClass(name, Box::new(is_set)))
    }

    /// Text.
    pub fn text(self, text: impl Into<Said>) -> Self {
        self.with(Part::Text(text.into()))
    }

    /// Text that changes.
    pub fn live_text(self, text: impl Fn() -> String + Send + 'static) -> Self {
        self.with(Part::LiveText(Box::new(text)))
    }

    /// A child.
    #[inline(never)]
    pub fn child(self, child: Self) -> Self {
        self.with(Part::Child(child))
    }

    /// Children.
    pub fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        for child in children {
            self = self.child(child);
        }
        self
    }

    /// Children that are built anew when what they read changes.
    pub fn live(self, children: impl Fn() -> Vec<Self> + Send + 'static) -> Self {
        self.with(Part::Live(Box::new(children)))
    }

    /// A child that is there while `is_there`; built when it comes.
    pub fn child_while(
        self,
        is_there: impl Fn() -> bool + Send + 'static,
        child: impl Fn() -> Self + Send + 'static,
    ) -> Self {
        self.live(move || if is_there() { vec![child()] } else { Vec::new() })
    }

    /// An event handler.
    pub fn on(self, event: &'static str, handler: impl FnMut(Event) + Send + 'static) -> Self {
        self.with(Part::On(event, Box::new(handler)))
    }

    /// Makes the element known to a handler or an effect.
    pub fn slot(self, slot: Slot) -> Self {
        self.with(Part::Slot(slot))
    }

    #[inline(never)]
    fn with(mut self, part: Part) -> Self {
        self.0.parts.push(part);
        self
    }
}

/// Where a built element can be found.
#[derive(Clone, Copy)]
pub struct Slot(Kept<Option<Element>>);

impl Slot {
    /// Empty until the element is built.
    pub fn new() -> Self {
        Self(Kept::new(None))
    }

    /// The element.
    pub fn get(self) -> Option<Element> {
        self.0.get()
    }

    /// Moves the focus to the element.
    pub fn focus(self) {
        if let Some(element) = self.get() {
            focus(&element);
        }
    }
}

/// Moves the focus to an element.
pub fn focus(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        _ = element.focus();
    }
}

/// A built element, with what keeps it alive.
pub struct Built {
    element: Element,
    kept: Vec<Held>,
}

/// What stops when it is dropped.
enum Held {
    Effect { _effect: Running },
    Children { _children: Rc<RefCell<Vec<Built>>> },
    Handler { _closure: Closure<dyn FnMut(Event)> },
}

/// Builds an element, or takes over the one that the page holds for it.
fn raise(markup: Markup) -> Built {
    let painted = if markup.0.is_painted { painted() } else { None };
    if let Some(painted) = &painted {
        _ = painted.remove_attribute(PAINTED);
    }
    raise_over(painted, markup)
}

fn raise_over(painted: Option<Element>, markup: Markup) -> Built {
    let element = painted.unwrap_or_else(|| Dom::create_element(markup.0.tag, None));
    let mut place = Place { next: element.first_child(), parent: &element };
    let mut kept = Vec::new();
    for part in markup.0.parts {
        match part {
            Part::Attributes(attributes) => {
                for (name, value) in attributes {
                    set_attribute(&element, name, value);
                }
            }
            Part::Attribute(name, Said::Words(value)) => set_attribute(&element, name, &value),
            Part::Attribute(name, said) => kept.push(follow(&element, name, Box::new(move || Some(said.say())))),
            Part::LiveAttribute(name, value) => kept.push(follow(&element, name, value)),
            Part::LiveClass(name, is_set) => {
                let classes = element.class_list();
                kept.push(effect(Box::new(move || _ = classes.toggle_with_force(name, is_set()))));
            }
            Part::Text(Said::Words(text)) => set_text(&place.text(), &text),
            Part::Text(said) => kept.push(live_text(place.text(), Box::new(move || said.say()))),
            Part::LiveText(text) => kept.push(live_text(place.text(), text)),
            Part::Child(child) => {
                let painted = place.take(child.0.tag).and_then(|node| node.dyn_into().ok());
                let child = raise_over(painted, child);
                place.put(&child.element);
                kept.extend(child.kept);
            }
            Part::Live(children) => kept.extend(live(&mut place, children)),
            Part::On(name, handler) => {
                let closure = Closure::wrap(handler as Box<dyn FnMut(Event)>);
                _ = element.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
                kept.push(Held::Handler { _closure: closure });
            }
            Part::Slot(slot) => slot.0.set(Some(element.clone())),
        }
    }
    // What was painted and is not wanted.
    while let Some(node) = place.next.take() {
        place.next = node.next_sibling();
        _ = element.remove_child(&node);
    }
    Built { element, kept }
}

/// How far an element's children are, where some may be there already.
struct Place<'e> {
    parent: &'e Element,
    next: Option<Node>,
}

impl Place<'_> {
    /// The next node, if that is what it is called.
    fn take(&mut self, name: &str) -> Option<Node> {
        let node = self.next.take_if(|node| node.node_name().eq_ignore_ascii_case(name))?;
        self.next = node.next_sibling();
        Some(node)
    }

    /// Puts a node where the children are; one that is in the page already stays where it is.
    fn put(&self, node: &Node) {
        if !node.is_connected() {
            _ = self.parent.insert_before(node, self.next.as_ref());
        }
    }

    fn text(&mut self) -> Node {
        let node = self.take("#text").unwrap_or_else(|| Dom::create_text_node("").unchecked_into());
        self.put(&node);
        node
    }

    /// What was painted before a marker, and the marker.
    fn live(&mut self) -> (Vec<Element>, Node) {
        let mut painted = Vec::new();
        while let Some(element) = self.next.take_if(|node| node.node_type() == Node::ELEMENT_NODE) {
            self.next = element.next_sibling();
            painted.extend(element.dyn_into());
        }
        let marker = self.take("#comment").unwrap_or_else(|| Dom::create_placeholder().unchecked_into());
        self.put(&marker);
        (painted, marker)
    }
}

/// The next of the painted elements; none that is called otherwise.
fn next_of(tag: &str, painted: &RefCell<std::vec::IntoIter<Element>>) -> Option<Element> {
    let next = painted.borrow_mut().next()?;
    if next.node_name().eq_ignore_ascii_case(tag) {
        return Some(next);
    }
    next.remove();
    None
}

/// Set only when it differs: some attributes do something each time.
fn set_attribute(element: &Element, name: &str, value: &str) {
    if element.get_attribute(name).as_deref() != Some(value) {
        _ = element.set_attribute(name, value);
    }
}

/// Set only when it differs: a live region would say it again.
fn set_text(node: &Node, text: &str) {
    if node.node_value().as_deref() != Some(text) {
        node.set_node_value(Some(text));
    }
}

fn effect(run: Box<dyn Fn()>) -> Held {
    Held::Effect { _effect: watch::effect(run) }
}

/// An attribute that is there while there is a value.
fn follow(element: &Element, name: &'static str, value: Box<dyn Fn() -> Option<String>>) -> Held {
    let element = element.clone();
    effect(Box::new(move || match value() {
        Some(value) => set_attribute(&element, name, &value),
        None => _ = element.remove_attribute(name),
    }))
}

/// A text that changes.
fn live_text(node: Node, text: Box<dyn Fn() -> String>) -> Held {
    effect(Box::new(move || set_text(&node, &text())))
}

/// Children before a marker of their own.
fn live(place: &mut Place, children: Box<dyn Fn() -> Vec<Markup> + Send>) -> [Held; 2] {
    let (painted, marker) = place.live();
    let painted = RefCell::new(painted.into_iter());
    let parent = place.parent.clone();
    // Held by the parent alone. The value of an effect lives on in its task for a while, and children in it
    // would go on reading signals that are gone.
    let held = Rc::new(RefCell::new(Vec::<Built>::new()));
    let built = Rc::downgrade(&held);
    let effect = effect(Box::new(move || {
        let Some(built) = built.upgrade() else { return };
        for child in built.take() {
            child.element.remove();
        }
        let children = children().into_iter().map(|child| {
            if child.0.is_painted { raise(child) } else { raise_over(next_of(child.0.tag, &painted), child) }
        });
        let children: Vec<Built> = children.collect();
        for child in &children {
            // What was painted stays where it is: an element that is moved loses the focus.
            if !child.element.is_connected() {
                _ = parent.insert_before(&child.element, Some(&marker));
            }
        }
        for unwanted in painted.take() {
            unwanted.remove();
        }
        built.replace(children);
    }));
    [effect, Held::Children { _children: held }]
}

impl Mountable for Built {
    fn unmount(&mut self) {
        self.element.remove();
    }

    fn mount(&mut self, parent: &types::Element, marker: Option<&types::Node>) {
        if !self.element.is_connected() {
            _ = parent.insert_before(&self.element, marker);
        }
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let parent = self.element.parent_element();
        if let Some(parent) = &parent {
            child.mount(parent, Some(&self.element));
        }
        parent.is_some()
    }

    fn elements(&self) -> Vec<types::Element> {
        vec![self.element.clone()]
    }
}

impl Render for Markup {
    type State = Built;

    fn build(self) -> Built {
        raise(self)
    }

    fn rebuild(self, state: &mut Built) {
        let mut built = raise(self);
        state.insert_before_this(&mut built);
        state.unmount();
        *state = built;
    }
}

no_attrs!(Markup);

/// There is no server: only the parts that Leptos asks of every view.
impl RenderHtml for Markup {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(self, _: &mut String, _: &mut Position, _: bool, _: bool, _: Vec<AnyAttribute>) {}

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Built {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}
