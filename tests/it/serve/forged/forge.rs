//! Forgeries, each made as somebody would who knows the members' public keys and what they signed.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use ed25519_dalek::SigningKey;
use jiff::{SignedDuration, Timestamp};
use nkeys::{KeyPair, KeyPairType};

use super::points;

/// How a request is forged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A key of small order, and the signature of zero that fits it.
    WeakKey,
    /// The same with a signature that holds no point of small order.
    WeakKeyAnyPoint,
    /// A bit of the signature's first half is another.
    BitOfPoint,
    /// A bit of its second half.
    BitOfScalar,
    /// Its second half is raised by the group's order.
    Raised,
    /// Its first half is a point of small order.
    SmallPoint,
    /// The same beside zero.
    SmallPointAndZero,
    /// A point of small order is added to its first half.
    PointMoved,
    /// Its first half is a spelling above the prime.
    PointAbove,
    /// All bits are the same.
    AllAlike,
    /// Its halves are of two signatures.
    Halves,
    /// Any bytes.
    Noise,
    /// The signature of one member under the name of another.
    OtherMember,
    /// A point of small order is added to the key.
    KeyMoved,
    /// The key is a spelling above the prime.
    KeyAbove,
    /// Another path or query.
    Target,
    /// Another method.
    Method,
    /// Another moment.
    Time,
    /// Another first line, or none.
    Purpose,
    /// The same signature, spelled in another way.
    Spelling,
}

pub(super) const KINDS: [Kind; 20] = [
    Kind::WeakKey,
    Kind::WeakKeyAnyPoint,
    Kind::BitOfPoint,
    Kind::BitOfScalar,
    Kind::Raised,
    Kind::SmallPoint,
    Kind::SmallPointAndZero,
    Kind::PointMoved,
    Kind::PointAbove,
    Kind::AllAlike,
    Kind::Halves,
    Kind::Noise,
    Kind::OtherMember,
    Kind::KeyMoved,
    Kind::KeyAbove,
    Kind::Target,
    Kind::Method,
    Kind::Time,
    Kind::Purpose,
    Kind::Spelling,
];

/// A GET.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) target: String,
    /// Key, time and signature.
    pub(super) headers: [(&'static str, String); 3],
}

/// Makes requests, the same ones for the same seed and moment.
pub(super) struct Forger {
    state: u64,
    pub(super) members: Vec<KeyPair>,
}

impl Forger {
    pub(super) fn new(seed: u64) -> Self {
        let member = |n| KeyPair::new_from_raw(KeyPairType::User, [n; 32]).unwrap();
        Self { state: seed, members: (1..=4).map(member).collect() }
    }

    /// The next number (SplitMix64).
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(n).unwrap()).unwrap()
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.next().to_le_bytes()[0])
    }

    fn target(&mut self) -> String {
        format!("/rooms/a/history?limit={}", 1 + self.below(1000))
    }

    /// A moment of these seconds, another one each time.
    fn time(&mut self, now: Timestamp) -> String {
        let off = i64::try_from(self.below(20_000_000_000)).unwrap() - 10_000_000_000;
        now.checked_add(SignedDuration::from_nanos(off)).unwrap().to_string()
    }

    /// What a member signs, and the signature.
    fn honest(&self, member: usize, content: &str) -> [u8; 64] {
        let signature = self.members[member].sign(content.as_bytes()).unwrap();
        signature.try_into().unwrap()
    }

    /// A request of a member, as it should be.
    pub(super) fn signed(&mut self, now: Timestamp) -> Request {
        let (member, target, time) = (self.below(4), self.target(), self.time(now));
        let signature = self.honest(member, &content("GET", &target, &time));
        request(target, self.members[member].public_key(), time, URL_SAFE_NO_PAD.encode(signature))
    }

    /// A request that no member made.
    pub(super) fn forge(&mut self, kind: Kind, now: Timestamp) -> Request {
        let (member, target, mut time) = (self.below(4), self.target(), self.time(now));
        let name = self.members[member].public_key();
        let (_, public) = nkeys::from_public_key(&name).unwrap();
        let wanted = content("GET", &target, &time);
        let mut signature = self.honest(member, &wanted);
        let small = points::small();
        let one = small[self.below(small.len())];
        let mut key = name;
        match kind {
            Kind::WeakKey | Kind::WeakKeyAnyPoint => {
                key = points::key(one);
                // It takes no secret, only some tries.
                signature = loop {
                    let wanted = content("GET", &target, &time);
                    if let Some(fits) = self.fitting(kind, &one, &wanted) {
                        break fits;
                    }
                    time = self.time(now);
                };
            }
            Kind::BitOfPoint => signature[self.below(32)] ^= 1 << self.below(8),
            Kind::BitOfScalar => signature[32 + self.below(32)] ^= 1 << self.below(8),
            Kind::Raised => (0..=self.below(7)).for_each(|_| raise(&mut signature)),
            Kind::SmallPoint => signature[..32].copy_from_slice(&one),
            Kind::SmallPointAndZero => signature = joined(&one, &[0; 32]),
            Kind::PointMoved => {
                let point = signature[..32].try_into().unwrap();
                // Added to the point of no effect, it would stay as it is.
                let moved = points::sum(&point, &one).filter(|moved| *moved != point);
                signature[..32].copy_from_slice(&moved.unwrap_or(one));
            }
            Kind::PointAbove => {
                signature[..32].copy_from_slice(&points::above_the_prime(self.below(38)));
            }
            Kind::AllAlike => signature = [[0, 0xff][self.below(2)]; 64],
            Kind::Halves => {
                let other = self.target();
                let other = self.honest(member, &content("GET", &other, &time));
                if other == signature {
                    signature[63] ^= 1;
                } else {
                    signature[32..].copy_from_slice(&other[32..]);
                }
            }
            Kind::Noise => signature = self.bytes(),
            Kind::OtherMember => {
                let other = (member + 1 + self.below(3)) % 4;
                key = self.members[other].public_key();
            }
            Kind::KeyMoved => {
                let moved = points::sum(&public, &one).filter(|moved| *moved != public);
                key = points::key(moved.unwrap_or(one));
            }
            Kind::KeyAbove => key = points::key(points::above_the_prime(self.below(38))),
            Kind::Target => {
                let others = [
                    target.replace("/a/", "/b/"),
                    target.replace("/a/", "/A/"),
                    target.replace("/a/", "/%61/"),
                    target.replace("limit=", "limit=0"),
                    format!("{target}&"),
                    target.split('?').next().unwrap().to_owned(),
                    String::new(),
                ];
                let other = content("GET", &others[self.below(others.len())], &time);
                signature = self.honest(member, &other);
            }
            Kind::Method => {
                let method = ["HEAD", "get", "POST", "GET ", ""][self.below(5)];
                signature = self.honest(member, &content(method, &target, &time));
            }
            Kind::Time => {
                let other = self.time(now);
                let other = if other == time { format!("{other}Z") } else { other };
                signature = self.honest(member, &content("GET", &target, &other));
            }
            Kind::Purpose => {
                let rest = wanted.split_once('\n').unwrap().1;
                let others = [
                    rest.to_owned(),
                    format!("roomscope-http-2\n{rest}"),
                    format!("{wanted}\n"),
                    wanted.replace('\n', "\r\n"),
                    wanted.replace('\n', ""),
                    time.clone(),
                ];
                let other = self.below(others.len());
                signature = self.honest(member, &others[other]);
            }
            Kind::Spelling => {}
        }
        let text = match kind {
            Kind::Spelling => self.respelled(&signature),
            _ => URL_SAFE_NO_PAD.encode(signature),
        };
        request(target, key, time, text)
    }

    /// A signature that fits a key of small order: each of eight points is the right one, one time in
    /// eight.
    fn fitting(&mut self, kind: Kind, key: &[u8; 32], wanted: &str) -> Option<[u8; 64]> {
        let own = SigningKey::from_bytes(&self.bytes());
        let (base, scalar) = match kind {
            Kind::WeakKey => (None, [0; 32]),
            _ => (Some(own.verifying_key().to_bytes()), own.to_scalar().to_bytes()),
        };
        let points = points::small().into_iter().filter_map(|small| match &base {
            None => Some(small),
            Some(base) => points::sum(base, &small),
        });
        let mut all = points.map(|point| joined(&point, &scalar));
        all.find(|signature| points::fits(key, wanted.as_bytes(), signature))
    }

    /// The same bytes in letters that are not the ones agreed on.
    fn respelled(&mut self, signature: &[u8; 64]) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let plain = URL_SAFE_NO_PAD.encode(signature);
        let standard = STANDARD_NO_PAD.encode(signature);
        match self.below(4) {
            0 => URL_SAFE.encode(signature),
            1 if standard != plain => standard,
            2 => hex::encode(signature),
            _ => {
                // The last letter's lower four bits say nothing.
                let (last, rest) = plain.as_bytes().split_last().unwrap();
                let at = LETTERS.iter().position(|letter| letter == last).unwrap();
                let other = LETTERS[at + 1 + self.below(15)];
                String::from_utf8([rest, &[other]].concat()).unwrap()
            }
        }
    }
}

fn content(method: &str, target: &str, time: &str) -> String {
    format!("roomscope-http-1\n{method}\n{target}\n{time}")
}

fn request(target: String, key: String, time: String, signature: String) -> Request {
    let headers =
        [("roomscope-key", key), ("roomscope-time", time), ("roomscope-signature", signature)];
    Request { target, headers }
}

fn joined(point: &[u8; 32], scalar: &[u8; 32]) -> [u8; 64] {
    [point.as_slice(), scalar].concat().try_into().unwrap()
}

/// Adds the group's order to the second half: the same number to a check that reduces it.
fn raise(signature: &mut [u8; 64]) {
    let mut carry = 0;
    for (byte, add) in signature[32..].iter_mut().zip(points::ORDER) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
}
