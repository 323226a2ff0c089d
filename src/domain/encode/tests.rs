use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn rows_of_hex_are_the_whole_folded(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        per_row in 1usize..33,
    ) {
        let rows: Vec<HexRow> = (0..).map_while(|row| hex_row(&bytes, row, per_row)).collect();
        prop_assert_eq!(rows.len(), hex_rows(bytes.len(), per_row));
        let digits: String = rows.iter().map(|row| row.hex.replace(' ', "")).collect();
        prop_assert_eq!(digits, hex::encode(&bytes));
        for (n, row) in rows.iter().enumerate() {
            prop_assert_eq!(row.offset, n * per_row);
            prop_assert_eq!(row.hex.len(), hex_width(per_row), "all rows are of one width");
        }
        let ascii: usize = rows.iter().map(|row| row.ascii.len()).sum();
        prop_assert_eq!(ascii, bytes.len());
    }

    #[test]
    fn rows_of_base64_are_the_whole_folded(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        width in 0usize..90,
    ) {
        let whole = base64(&bytes);
        prop_assert_eq!(whole.len(), base64_len(bytes.len()));
        let rows: Vec<String> = (0..).map_while(|row| base64_row(&bytes, row, width)).collect();
        let folded: Vec<String> = whole
            .as_bytes()
            .chunks(width.max(1))
            .map(|row| String::from_utf8(row.to_vec()).unwrap())
            .collect();
        prop_assert_eq!(rows, folded);
    }
}

#[test]
fn test_vectors() {
    // RFC 4648 section 10.
    let table = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
    for (given, expected) in table {
        assert_eq!(base64(given.as_bytes()), expected);
    }
    assert_eq!(base64(&[0xfb, 0xff]), "+/8=", "the standard alphabet");
    // FIPS 180-4's one-block example.
    assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    let row = hex_row(b"roomscope \x1b\xff.", 0, HEX_ROW).unwrap();
    assert_eq!(row.hex, "72 6f 6f 6d 73 63 6f 70  65 20 1b ff 2e         ");
    assert_eq!(row.ascii, "roomscope ...");
    assert_eq!(
        hex_row(b"AB\n", 0, 8).map(|row| row.hex),
        Some("41 42 0a".to_owned() + &" ".repeat(15))
    );
    assert_eq!((hex_width(8), hex_width(16)), (23, 48));
    assert_eq!(hex_row(b"", 0, HEX_ROW), None);
    assert_eq!(hex_row(b"a", usize::MAX, HEX_ROW), None);
    assert_eq!(base64_row(b"a", usize::MAX, 64), None);
}
