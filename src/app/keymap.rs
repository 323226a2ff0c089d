//! Which key means what: the registry's defaults, and what a person put in their place.

use super::action::{Action, REGISTRY};
use super::key::{Key, KeyCode};

/// Keys that always mean what they mean by default, whatever else is bound: the way out of the
/// program, and out of it for a while.
pub(crate) const RESERVED: [(Key, Action); 2] =
    [(Key::ctrl('c'), Action::Quit), (Key::ctrl('z'), Action::Suspend)];

/// The keys of every action. No key stands for two actions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    /// One entry a line of the registry.
    keys: Vec<(Action, Vec<Key>)>,
}

/// Why keys cannot be bound so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadKey {
    /// It always stands for this action.
    Reserved(Key, Action),
    /// Digits are counts: `12j`.
    Digit(Key),
    /// A terminal sends the same for both; the second is the one that arrives.
    SameAs(Key, Key),
    /// It was given to this action too.
    Taken(Key, Action),
}

impl Default for Keymap {
    fn default() -> Self {
        Self { keys: REGISTRY.iter().map(|entry| (entry.action, entry.keys.to_vec())).collect() }
    }
}

impl Keymap {
    /// The defaults, with the keys of some actions replaced. A key that is given here is taken
    /// from every action that has it only by default: a release that gives a key to a new action
    /// must not turn a file that was right before into an error. An action may have no key: it
    /// can still be typed at the `:` prompt.
    ///
    /// # Errors
    /// The first action of `changes` whose keys will not do, and why.
    pub fn with(changes: &[(Action, Vec<Key>)]) -> Result<Self, (Action, BadKey)> {
        let mut map = Self::default();
        for (action, wanted) in changes {
            let mut own = Vec::new();
            for key in wanted.iter().copied().chain(reserved(*action)) {
                bindable(key, *action).map_err(|bad| (*action, bad))?;
                if !own.contains(&key) {
                    own.push(key);
                }
            }
            if let Some((_, keys)) = map.keys.iter_mut().find(|(of, _)| of == action) {
                *keys = own;
            }
        }
        // Only now: two actions may have changed places.
        for (action, _) in changes {
            for key in map.keys(*action) {
                let other = changes.iter().find(|(of, keys)| of != action && keys.contains(key));
                if let Some((other, _)) = other {
                    return Err((*action, BadKey::Taken(*key, *other)));
                }
            }
        }
        let is_given = |action: Action| changes.iter().any(|(of, _)| *of == action);
        for (_, keys) in map.keys.iter_mut().filter(|(action, _)| !is_given(*action)) {
            keys.retain(|key| !changes.iter().any(|(_, given)| given.contains(key)));
        }
        Ok(map)
    }

    pub fn action(&self, key: Key) -> Option<Action> {
        self.keys.iter().find(|(_, keys)| keys.contains(&key)).map(|(action, _)| *action)
    }

    /// The keys of an action, the one to show in hints first.
    pub fn keys(&self, action: Action) -> &[Key] {
        self.keys.iter().find(|(of, _)| *of == action).map_or(&[], |(_, keys)| keys)
    }

    /// The key to show in a hint, as in `Enter`; for an action without one, what to type:
    /// `:refresh`.
    pub fn hint(&self, action: Action) -> String {
        match (self.keys(action).first(), REGISTRY.iter().find(|entry| entry.action == action)) {
            (Some(key), _) => key.to_string(),
            (None, Some(entry)) => format!(":{}", entry.name),
            (None, None) => String::new(),
        }
    }

    /// All keys of an action, for the help: `k Up`.
    pub fn words(&self, action: Action) -> String {
        self.keys(action).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }
}

/// Keys an action cannot lose.
fn reserved(action: Action) -> impl Iterator<Item = Key> {
    RESERVED.into_iter().filter(move |(_, of)| *of == action).map(|(key, _)| key)
}

fn bindable(key: Key, to: Action) -> Result<(), BadKey> {
    if let Some((_, action)) = RESERVED.into_iter().find(|(k, of)| *k == key && *of != to) {
        return Err(BadKey::Reserved(key, action));
    }
    match (key.ctrl, key.code) {
        (false, KeyCode::Char('0'..='9')) => Err(BadKey::Digit(key)),
        (true, KeyCode::Char('i')) => Err(BadKey::SameAs(key, Key::plain(KeyCode::Tab))),
        (true, KeyCode::Char('m')) => Err(BadKey::SameAs(key, Key::plain(KeyCode::Enter))),
        (true, KeyCode::Char('[')) => Err(BadKey::SameAs(key, Key::plain(KeyCode::Esc))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(changes: &[(Action, &[Key])]) -> Result<Keymap, (Action, BadKey)> {
        let changes: Vec<_> = changes.iter().map(|(a, keys)| (*a, keys.to_vec())).collect();
        Keymap::with(&changes)
    }

    #[test]
    fn no_key_stands_for_two_actions_by_default() {
        let map = Keymap::default();
        for entry in REGISTRY {
            assert!(!entry.keys.is_empty(), "{}", entry.name);
            for key in entry.keys {
                assert_eq!(map.action(*key), Some(entry.action), "{key} in {}", entry.name);
                assert_eq!(bindable(*key, entry.action), Ok(()), "{key}");
            }
        }
    }

    #[test]
    fn given_keys_replace_the_defaults() {
        let map = with(&[(Action::OlderPage, &[Key::char('x'), Key::char('X')])]).unwrap();
        assert_eq!(map.action(Key::char('x')), Some(Action::OlderPage));
        assert_eq!(map.action(Key::char('[')), None);
        assert_eq!(map.words(Action::OlderPage), "x X");
        assert_eq!(map.hint(Action::OlderPage), "x");
        assert_eq!(map.hint(Action::NewerPage), "]");
    }

    #[test]
    fn actions_may_change_places_but_not_share() {
        let (down, up) = (Key::char('j'), Key::char('k'));
        let map = with(&[(Action::Up, &[down]), (Action::Down, &[up])]).unwrap();
        assert_eq!((map.action(down), map.action(up)), (Some(Action::Up), Some(Action::Down)));
        let taken = with(&[(Action::Up, &[down]), (Action::Down, &[down])]);
        assert_eq!(taken, Err((Action::Up, BadKey::Taken(down, Action::Down))));
    }

    #[test]
    fn a_default_key_yields_to_one_that_was_given() {
        let (j, m) = (Key::char('j'), Key::char('m'));
        let map = with(&[(Action::Up, &[j]), (Action::Refresh, &[m])]).unwrap();
        assert_eq!((map.action(j), map.action(m)), (Some(Action::Up), Some(Action::Refresh)));
        assert_eq!(map.words(Action::Down), "Down", "what nobody wants stays");
        assert_eq!((map.keys(Action::Map).len(), map.hint(Action::Map)), (0, ":map".into()));
        for entry in REGISTRY {
            for key in map.keys(entry.action) {
                assert_eq!(map.action(*key), Some(entry.action), "{key} has one meaning");
            }
        }
    }

    #[test]
    fn a_key_that_came_later_yields_to_what_a_person_bound() {
        let w = Key::char('w');
        assert_eq!(Keymap::default().action(w), Some(Action::Why));
        let map = with(&[(Action::OlderPage, &[w])]).unwrap();
        assert_eq!(map.action(w), Some(Action::OlderPage));
        assert_eq!(map.hint(Action::Why), ":why");
        // What is said for both is still a slip.
        let both = with(&[(Action::OlderPage, &[w]), (Action::Why, &[w])]);
        assert_eq!(both, Err((Action::OlderPage, BadKey::Taken(w, Action::Why))));
    }

    #[test]
    fn an_action_without_a_key_is_shown_by_its_name() {
        let map = with(&[(Action::Refresh, &[])]).unwrap();
        assert_eq!(
            (map.hint(Action::Refresh), map.words(Action::Refresh).len()),
            (":refresh".into(), 0)
        );
    }

    #[test]
    fn the_way_out_cannot_be_bound_away() {
        let map = with(&[(Action::Quit, &[Key::char('Q')]), (Action::Suspend, &[])]).unwrap();
        assert_eq!(map.words(Action::Quit), "Q Ctrl-c");
        assert_eq!(map.words(Action::Suspend), "Ctrl-z");
        let bad = with(&[(Action::Up, &[Key::ctrl('c')])]);
        assert_eq!(bad, Err((Action::Up, BadKey::Reserved(Key::ctrl('c'), Action::Quit))));
    }

    #[test]
    fn keys_that_would_never_arrive_are_refused() {
        let tab = BadKey::SameAs(Key::ctrl('i'), Key::plain(KeyCode::Tab));
        assert_eq!(with(&[(Action::Up, &[Key::ctrl('i')])]), Err((Action::Up, tab)));
        let digit = BadKey::Digit(Key::char('0'));
        assert_eq!(with(&[(Action::Up, &[Key::char('0')])]), Err((Action::Up, digit)));
    }
}
