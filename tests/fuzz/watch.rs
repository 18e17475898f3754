//! Watches over all cases, so that one that never ends is told as well. It says nothing about how quick a case is, on whatever machine: it
//! is there so that somebody hears of a reader that goes round in circles, with the text that has it do so, and not of a run that does not
//! end.
//!
//! ```text
//! a case      begins with its text at the post of its thread, and ends there
//! the watch   looks at all posts once a second; a post that it has seen the same case at LOOKS times in a row ends the run
//! ```
//! Looks are counted and not time: while a computer sleeps, so does the watch.

use std::io::{Write as _, stderr};
use std::process::exit;
use std::sync::{Arc, Mutex, Once};
use std::thread::{Builder, sleep};
use std::time::Duration;

/// So many looks, about two minutes, at what takes some thousandths of a second at most: no machine is as slow as that.
const LOOKS: u32 = 120;

const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

static POSTS: Mutex<Vec<Arc<Post>>> = Mutex::new(Vec::new());

thread_local! {
    static POST: Arc<Post> = posted();
}

/// Where a thread says what it is at.
#[derive(Default)]
struct Post(Mutex<At>);

#[derive(Default)]
struct At {
    /// Of what kind the text is, and the text, while there is a case.
    case: Option<(String, String)>,
    /// How often the watch has seen that case.
    seen: u32,
}

impl Post {
    fn put(&self, case: Option<(String, String)>) {
        *self.0.lock().unwrap() = At { case, seen: 0 };
    }

    /// What is to be said of a case that does not end.
    fn look(&self) -> Option<String> {
        let mut at = self.0.lock().unwrap();
        at.seen += 1;
        let (name, text) = at.case.as_ref().filter(|_| at.seen >= LOOKS)?;
        let line = serde_json::Value::from(text.as_str());
        Some(format!("{name}: it does not end\nThe line for its corpus in tests/fixtures/corpus: {line}"))
    }
}

/// Does it while the watch knows of it.
pub fn watched<T>(name: &str, text: &str, attempt: impl FnOnce() -> T) -> T {
    POST.with(|post| {
        post.put(Some((name.to_owned(), text.to_owned())));
        let result = attempt();
        post.put(None);
        result
    })
}

fn posted() -> Arc<Post> {
    static WATCH: Once = Once::new();
    WATCH.call_once(|| {
        Builder::new().name("watch".to_owned()).spawn(watch).unwrap();
    });
    let post = Arc::<Post>::default();
    POSTS.lock().unwrap().push(Arc::clone(&post));
    post
}

fn watch() {
    loop {
        sleep(BETWEEN_LOOKS);
        let mut posts = POSTS.lock().unwrap();
        posts.retain(|post| Arc::strong_count(post) > 1);
        if let Some(said) = posts.iter().find_map(|post| post.look()) {
            // Nobody can end a thread from outside. What a test prints by a macro is kept until that test is over.
            writeln!(stderr(), "{said}").ok();
            exit(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LOOKS, Post};

    fn case(text: &str) -> (String, String) {
        ("a reader".to_owned(), text.to_owned())
    }

    #[test]
    fn a_case_that_does_not_end_is_told_and_many_that_do_are_not() {
        let post = Post::default();
        for number in 0..3 {
            post.put(Some(case(&number.to_string())));
            assert!((1..LOOKS).all(|_| post.look().is_none()), "case {number}");
        }
        post.put(None);
        assert!((0..2 * LOOKS).all(|_| post.look().is_none()), "there is no case");
        post.put(Some(case("a \" b")));
        let said = (0..LOOKS).find_map(|_| post.look());
        assert!(said.is_some_and(|said| said.contains("a reader: it does not end") && said.ends_with(r#""a \" b""#)));
    }
}
