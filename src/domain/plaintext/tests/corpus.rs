//! What people and programs write into rooms, in the clear. Each is of 28 bytes or more.

/// Messages as people type them.
pub(super) const CHAT: [&str; 40] = [
    "Good morning, did the deployment go through last night?",
    "yes, all green. two alerts at 3 but they resolved themselves",
    "ok thanks, I will close the ticket then",
    "Can somebody look at ticket 4711? The customer is waiting since 09:30.",
    "lol no way, that is the third time this week",
    "brb, coffee. back in ten minutes",
    "PLEASE STOP RESTARTING THE DATABASE",
    "I can't reproduce it on my machine, it's only on prod.",
    "see https://wiki.example.org/runbooks/support/restart-the-gateway for the steps",
    "ssh into web-3 and run: systemctl restart nginx",
    "The password for the test account is hunter2, don't tell anyone",
    "we need 3 servers, 2 switches and 14 cables until 2026-11-30",
    "Order 48213 total 99.90 EUR was paid by card on Monday",
    "Hi @grace, could you review my pull request when you have time? :)",
    "Guten Morgen, hat jemand den Schlüssel für den Serverraum gesehen?",
    "ja, liegt bei mir im Büro auf dem Tisch. Ich bringe ihn gleich vorbei",
    "Das Treffen wird auf Donnerstag um 14 Uhr verschoben, bitte vormerken.",
    "Bonjour, est-ce que quelqu'un peut m'aider avec la facture ?",
    "C'est déjà réglé, merci beaucoup pour votre patience !",
    "¿Alguien sabe por qué no funciona la impresora del segundo piso?",
    "Mañana hay reunión a las diez, no lleguen tarde por favor.",
    "Ho parlato con il cliente, tutto a posto per la consegna di venerdì",
    "Bom dia, o servidor de testes está fora do ar outra vez",
    "Kan iemand de logs van gisteravond even nakijken? Alvast bedankt",
    "Czy ktoś może sprawdzić, dlaczego usługa nie odpowiada?",
    "Toplantı yarın saat ondan sonra başlayacak, lütfen geç kalmayın",
    "Hyvää huomenta, palvelin käynnistetään uudelleen illalla",
    "Доброе утро, сервер снова не отвечает на запросы",
    "Чи може хтось подивитися журнали за вчорашній вечір?",
    "Καλημέρα, ο διακομιστής δεν απαντά από χθες το βράδυ",
    "صباح الخير، هل يمكن لأحد التحقق من الخادم؟",
    "בוקר טוב, השרת לא מגיב מאתמול בלילה",
    "नमस्ते, क्या कोई सर्वर की जाँच कर सकता है?",
    "早上好，昨天晚上的部署成功了吗？请确认一下。",
    "おはようございます。昨夜のサーバーの再起動は終わりましたか。",
    "안녕하세요, 어제 배포가 잘 되었는지 확인 부탁드립니다.",
    "สวัสดีครับ เซิร์ฟเวอร์ล่มตั้งแต่เมื่อคืนนี้",
    "🎉🎉🎉 we shipped it 🚀🚀🚀",
    "😀😀😀😀😀😀😀😀",
    "- restart gateway\n- check the queue\n- call the customer back\n\tthen go home",
];

pub(super) const DATA: [&str; 25] = [
    r#"{"type":"message","from":"ada","body":"the customer is on the line again"}"#,
    r#"{"type": "message", "from": "grace", "body": "ok, calling them back now"}"#,
    r#"{"type":"typing","user":"ada","room":"support"}"#,
    r#"{"event":"joined","user":"edsger","room":"lobby","ts":1795452164}"#,
    r#"{"id":"9b2e6c1a-7f0d-4f3e-9a51-0c6d2b8e4f77","from":"ada","body":"please call me back"}"#,
    "{\n  \"from\": \"ada\",\n  \"body\": \"lunch?\",\n  \"room\": \"lobby\"\n}",
    r#"{"body":"\u0434\u043e\u0431\u0440\u043e\u0435 \u0443\u0442\u0440\u043e","from":"ada"}"#,
    r#"{"from":"UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4","body":"lunch?"}"#,
    r#"{"from":"ada","body":"\ud83d\udc4d\ud83d\udc4d sounds good, see you there!"}"#,
    r#"{"from":"ada","body":"she said \"not before Monday\" and hung up"}"#,
    r#"{"sensor":"rack four","temperature":21.5,"humidity":40,"state":"normal"}"#,
    r#"{"level":"error","msg":"connection refused","service":"gateway","code":502}"#,
    r#"["join","leave","topic","message","reaction"]"#,
    "<message from='ada' to='support'><body>hello again</body></message>",
    "from=ada&room=support&body=please+call+the+customer",
    "2026-11-23T14:03:11Z INFO gateway: accepted connection from 10.0.7.11:4222",
    "ada,support,open,high,customer cannot log in,2026-11-23",
    "from: ada\nroom: support\nsubject: printer on fire\n\nIt is burning again.",
    "SELECT name, address FROM customers WHERE id = 4711;",
    "#!/bin/sh\nset -e\nsystemctl restart gateway\n",
    "fn main() {\n    println!(\"hello from the room\");\n}\n",
    "BEGIN:VCARD\nFN:Ada Lovelace\nTEL:+44 20 7946 0958\nEND:VCARD",
    r#"{"ts":"2026-11-23T14:03:11.123456Z","level":"warn","msg":"slow consumer"}"#,
    "key: value\nlist:\n  - first entry\n  - second entry\n",
    "GET /rooms/support/history HTTP/1.1\r\nHost: chat.example.org\r\n\r\n",
];

/// Plaintext with ciphertext's look about some of it: a link, a key, a signature.
pub(super) const BESIDE: [&str; 4] = [
    "the sheet with all of the numbers for this quarter is here, have a look before the meeting \
     starts and tell me whether the totals in the last column make any sense to you: \
     https://docs.example.org/document/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms",
    r#"{"from":"UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4","body":"the customer is on the line again, can you take over?"}"#,
    r#"{"body":"the customer is on the line again","sig":"qmZ8yH0c5cU3m1f1v7N0b0o3rJm9w2kE4sV6t8x0z2B4d6F8h0j2l4n6p8r0t2v4"}"#,
    "please add my key, it should be good for a year: \
     ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHk2mT9sQ0pXvKc4rZb7yWn1uE6gJd8fLq3aVtHo5iBx ada",
];

/// Ciphertext, or what cannot be told from bytes in an armour: the price of accusing nobody
/// falsely.
pub(super) const DENSE: [&str; 6] = [
    "MSH|^~\\&|LAB|HOSPITAL|ADT|REGISTRATION|20261123||ORU^R01|42|P|2.5",
    "[21.5,22.0,22.5,21.0,20.5,20.0,19.5,19.0,18.5,18.0,17.5,17.0]",
    "-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSAy\nHwvjg\n\
     -----END AGE ENCRYPTED FILE-----\n",
    // Not a public NKey: its checksum is wrong.
    r#"{"from":"ada","body":"lunch?","ct":"UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF5"}"#,
    "4711-2233-8844 / 99.90 / 14:03:11 / +44 20 7946 0958",
    "https://video.example.org/watch?v=dQw4w9WgXcQ&t=42&si=Zk3vQ8",
];
