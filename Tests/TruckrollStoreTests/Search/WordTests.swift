import GRDB
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollStoreMemory
import TruckrollStoreSQLite
import TruckrollSync

@Suite("Words by which a device finds records")
struct WordTests {
    @Test(
        "are folded, and cut where no letter or digit stands",
        arguments: [
            ("Żółkiewski & Søn", ["zolkiewski", "son"]), ("HK18-000001", ["hk18", "000001"]), ("STRASSE Straße", ["strasse", "strasse"]),
            ("ﬁlter №5", ["filter", "no5"]), ("東京駅 2番", ["東", "京", "駅", "2", "番"]), ("", []), ("·–!\u{E000}", []),
            ("Ελλάς", ["ελλασ"]), ("हिन्दी", ["हिन्दी"]),
        ])
    func folding(text: String, words: [String]) {
        #expect(Folding.words(text) == words)
    }

    @Test(
        "fit by names and texts, each in its way",
        arguments: [
            ("hk18 0001", WordSearch.Reach.whole, true), ("HK18-000", .whole, false), ("hk18-00", .beginning, true), ("k18", .beginning, false),
            ("0001", .ending, true), ("000", .ending, false), ("8-00", .within, true), ("1", .within, true), ("9", .within, false),
            ("hk18", .names, true), ("0001", .names, true), ("001", .names, false), ("drift", .names, false), ("drift", .texts, true),
            ("rift", .texts, false), ("hk18 dri", .texts, true), ("hk18 rain", .texts, false), ("001 dri", .any, true), ("01 dri", .any, false),
            ("sensor-drift", .texts, true), ("drift-sensor", .texts, false),
        ])
    func reaches(text: String, reach: WordSearch.Reach, expected: Bool) throws {
        let words = RecordWords(names: "hk18 0001\ngd 101", texts: "the sensor drifts")
        #expect(WordSearch(text).fits(words, reach) == expected)
        let folder = try TemporaryFolder()
        let store = try SQLiteDeviceStore(path: folder.file("device.sqlite"), schema: TestSchemas.load())
        try store.write { _ = try $0.save(words, of: Make.key(1)) }
        let found = try store.read { try $0.keys(WordSearch(text), reach, of: [], limit: 9) }
        #expect(found == (expected ? [Make.key(1)] : []))
        try store.close()
    }

    // MARK: Both stores

    private static let syllables = ["a", "ab", "bab", "0", "01", "101", "Ä", "ö", "京", "東京", "ß", "-", " ", "\n", "É", "हि", "Ł", "abc"]

    private func text(_ random: inout SplitMix, upTo length: UInt64) -> String {
        (0..<random.number(0...length)).map { _ in random.one(Self.syllables) }.joined()
    }

    private func words(_ random: inout SplitMix) -> RecordWords? {
        guard !random.chance(20) else { return nil }
        func lines(_ count: UInt64, _ length: UInt64, _ random: inout SplitMix) -> String {
            (0..<random.number(0...count)).map { _ in Folding.words(text(&random, upTo: length)).joined(separator: " ") }.filter { !$0.isEmpty }
                .joined(separator: "\n")
        }
        return RecordWords(names: lines(3, 6, &random), texts: lines(2, 20, &random))
    }

    @Test("are found alike in memory and in a file, whatever was written, undone or taken away", arguments: UInt64(1)...6)
    func alike(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let folder = try TemporaryFolder()
        let file = try SQLiteDeviceStore(path: folder.file("device.sqlite"), schema: ServerPicture.schema)
        let memory = try MemoryDeviceStore(schema: ServerPicture.schema)
        let types: [Set<EntityType>] = [[], [EntityType(rawValue: 22)], [EntityType(rawValue: 5), EntityType(rawValue: 22)]]
        var hits = 0
        for round in 1...30 {
            let writes = (0...random.number(0...5)).map { _ in
                (key: Make.key(random.number(1...12), type: random.one([22, 5, 7])), words: words(&random))
            }
            let (fails, isCleared) = (random.chance(20), random.chance(5))
            let changes = [file as any DeviceStore, memory].map { store in
                var changes: [Bool] = []
                try? store.write { transaction in
                    if isCleared { try transaction.deleteDerived() }
                    for write in writes { changes.append(try transaction.save(write.words, of: write.key)) }
                    if fails { throw Interruption() }
                }
                return changes
            }
            #expect(changes[0] == changes[1], "seed \(seed), round \(round)")
            for _ in 0..<20 {
                let (text, types) = (text(&random, upTo: 3), random.one(types))
                for reach in WordSearch.Reach.allCases {
                    let found = try [file as any DeviceStore, memory].map { store in
                        try store.read { try $0.keys(WordSearch(text), reach, of: types, limit: 1000) }.sorted()
                    }
                    try #require(found[0] == found[1], "seed \(seed), round \(round): \(reach) “\(text)” of \(types)")
                    hits += found[0].count
                }
            }
            #expect(try file.read { try $0.keysWithWords() }.sorted() == memory.read { try $0.keysWithWords() }.sorted())
        }
        #expect(hits > 1000, "seed \(seed): too little is found for this to say anything")
        try file.close()
    }

    @Test("the ends of ids lead to records, confirmed or shown, in both stores")
    func endings() throws {
        let folder = try TemporaryFolder()
        let file = try SQLiteDeviceStore(path: folder.file("device.sqlite"), schema: ServerPicture.schema)
        let memory = try MemoryDeviceStore(schema: ServerPicture.schema)
        for store in [file as any DeviceStore, memory] {
            try store.write { transaction in
                for key in [Make.key(0x1ABCD), Make.key(0x2ABCD), Make.key(0x3ABCD, .office)] {
                    try transaction.save(ConfirmedRecord(record: Make.record(key), hash: RecordHash(Make.record(key)), scopes: []))
                }
                for key in [Make.key(0x2ABCD), Make.key(0x4ABCD, type: 5)] { try transaction.save(overlay: Make.record(key)) }
            }
            try store.read { transaction in
                try #expect(transaction.keys(idEndingWith: "abcd") == [Make.key(0x4ABCD, type: 5), Make.key(0x1ABCD), Make.key(0x2ABCD)])
                try #expect(transaction.keys(idEndingWith: "2abcd") == [Make.key(0x2ABCD)])
                for text in ["bcd", "xabc", "9abcd", "", "ab d"] { try #expect(transaction.keys(idEndingWith: text) == [], "\(text)") }
            }
        }
        try file.close()
    }

    // MARK: A file that is older, or damaged

    private func note(_ number: UInt64, _ text: String) throws -> (Entity, TruckrollCore.Record) {
        let entity = try TestSchemas.load().entity("note")
        let values: [String: Value] = [
            "order": .reference(Make.id(9)), "text": .text(text), "at": .text("2026-11-23T09:00:00Z"), "by": .reference(Make.id(8)),
        ]
        return (entity, try Make.record(entity, number, values))
    }

    @Test("a file of before has them when it is opened, of what its records show")
    func olderFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("device.sqlite")
        let store = try SQLiteDeviceStore(path: path, schema: TestSchemas.load())
        let (_, confirmed) = try note(1, "Confirmed wording")
        let (_, shown) = try note(1, "Shown wording")
        let (_, own) = try note(2, "Own wording")
        try store.write { transaction in
            try transaction.save(ConfirmedRecord(record: confirmed, hash: RecordHash(confirmed), scopes: []))
            for record in [shown, own] { try transaction.save(overlay: record) }
        }
        try store.close()
        try DatabaseQueue(path: path).write { db in
            for name in ["word_row", "word_index", "filled_words"] { try db.execute(sql: "DROP TABLE \(name)") }
            for name in ["confirmed_by_ending", "overlay_by_ending"] { try db.execute(sql: "DROP INDEX \(name)") }
            try db.execute(sql: "PRAGMA user_version = 7")
        }
        let newer = try SQLiteDeviceStore(path: path, schema: TestSchemas.load())
        func found(_ text: String) throws -> [RecordKey] {
            try newer.read { try $0.keys(WordSearch(text), .texts, of: [], limit: 9) }.sorted()
        }
        #expect(try found("wording") == [shown.key, own.key])
        #expect(try found("shown") == [shown.key])
        #expect(try found("confirmed") == [])
        #expect(try newer.read { try $0.keys(idEndingWith: "0002") } == [own.key])
        try newer.close()
    }

    @Test("an index that the disk has changed keeps nobody from recording, and finds again what was and what is new")
    func damage() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("device.sqlite")
        var store = try SQLiteDeviceStore(path: path, schema: TestSchemas.load())
        try store.write { for number: UInt64 in 1...50 { _ = try $0.save(RecordWords(names: "", texts: "before \(number)"), of: Make.key(number)) } }
        try store.close()
        try DatabaseQueue(path: path).write { try $0.execute(sql: "UPDATE word_index_data SET block = x'FFFFFFFFFFFFFFFFFFFF'") }
        store = try SQLiteDeviceStore(path: path, schema: TestSchemas.load())
        try store.read { transaction in
            try #expect(transaction.keys(WordSearch("before"), .texts, of: [], limit: 99) == [])
            #expect(transaction.unreadable == [.words])
        }
        try store.write { transaction in
            try #expect(transaction.save(RecordWords(names: "", texts: "after"), of: Make.key(7)))
            #expect(transaction.unreadable == [.words])
        }
        try store.read { transaction in
            try #expect(transaction.keys(WordSearch("before"), .texts, of: [], limit: 99).count == 49)
            try #expect(transaction.keys(WordSearch("after"), .texts, of: [], limit: 99) == [Make.key(7)])
            #expect(transaction.unreadable == [])
        }
        try store.close()
    }
}
