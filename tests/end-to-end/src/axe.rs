//! axe-core in the page that is open: what keeps people from using it.
//!
//! Every rule that axe has for WCAG 2.2 A and AA, its best practices and its experiments. Left out, each for a reason:
//!
//! | rule | why |
//! |---|---|
//! | those of level AAA alone | 7:1 is more than the app promises: 4.5:1 for text, which `color-contrast` holds it to |
//!
//! What axe is not sure of is no finding, but for contrast: there it counts. It would be unsure of all text before which
//! anything is drawn by `::before`; here that is only ever the arches behind the card, which nothing shines
//! through. And of text below an open menu or dialog, which nobody is to read meanwhile.

use crate::browser::Browser;

/// What axe finds, a line for each place; none is what there should be.
pub async fn obstacles(browser: &Browser) -> Vec<String> {
    let found = browser.ask(LOOK, &[]).await;
    let lines = found.as_array().cloned().unwrap_or_else(|| vec![format!("axe says {found}").into()]);
    lines.iter().map(|line| line.as_str().unwrap_or_default().to_owned()).collect()
}

/// Brings axe into the page, which then knows it until it is left.
pub async fn bring(browser: &Browser) {
    browser.ask(&script(), &[]).await;
}

fn script() -> String {
    let Some(file) = std::env::var_os("VESTIBULE_AXE") else {
        panic!("VESTIBULE_AXE does not name the script of axe-core; `cargo xtask test end-to-end` does");
    };
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

const LOOK: &str = "
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice', 'experimental'];
    const contrast = axe._audit.checks['color-contrast'].options;
    axe.configure({ checks: [{ id: 'color-contrast', options: { ...contrast, ignorePseudo: true } }] });
    // It knows of no top layer, but of this.
    const above = document.querySelector(':popover-open, dialog[open]');
    if (above) { above.style.zIndex = 9999; }
    return axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations', 'incomplete'] }).then(found => {
        const isHidden = node => above && !above.contains(document.querySelector(node.target[0]));
        const unsure = found.incomplete.filter(result => result.id === 'color-contrast');
        unsure.forEach(result => result.nodes = result.nodes.filter(node => !isHidden(node)));
        return [...found.violations, ...unsure].flatMap(result => result.nodes.map(node => {
            const why = [...node.any, ...node.all, ...node.none].map(check => check.message).join('; ');
            return result.id + ' at ' + node.target.join(' ') + ': ' + why;
        }));
    });";

/// Proof that axe is awake: it must find this, in any page.
pub const PLANTED: &str = "
    const picture = document.createElement('img');
    picture.src = '/favicon.svg';
    document.querySelector('main').append(picture);";
