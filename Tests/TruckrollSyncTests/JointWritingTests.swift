import Foundation
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollStoreSQLite
import TruckrollSync

/// Several people write one text, offline for hours.
@Suite("Joint writing")
struct JointWritingTests {
    let company: Company
    var world: World { company.world }
    var text: RecordID { JointTextKind.problem.id(of: company.order) }

    init() throws {
        company = try Company()
        try company.assign(company.benUser)
        try company.world.sync(company.anna)
        try company.world.sync(company.ben)
    }

    @discardableResult
    func write(_ device: World.Device, _ wording: String) throws -> Bool {
        try world.commit(device, "text") { editor in
            try editor.reword("text", text, "text", as: wording, within: JointTextKind.problem.fields(order: company.order))
        }
    }

    func shown(_ device: World.Device) throws -> String? { try world.value(device, "text", text, "text").text }
    func stored() throws -> String? { try world.serverValue("text", text, "text").text }
    func lastReceipt(_ device: World.Device) throws -> Receipt {
        let replica = try #require(try device.engine.read { try $0.identity() }).replica
        let last = try device.engine.read { try $0.state() }.lastSequence
        return try #require(try device.engine.read { try $0.own(WriteID(replica: replica, sequence: last)) }?.receipt)
    }

    @Test("two who write into one text offline keep every character, nobody is asked, and all hold the same", arguments: [true, false])
    func together(annaFirst: Bool) throws {
        try write(company.dora, "Pump 3 leaks.\nBring a seal.\n")
        for device in [company.dora, company.anna, company.ben] { try world.sync(device) }
        try write(company.anna, "Pump 3 leaks at the flange.\nBring a seal.\n")
        try write(company.ben, "Pump 3 leaks.\nBring a seal and a torch.\n")
        try write(company.anna, "Pump 3 leaks at the flange, badly.\nBring a seal.\n")
        try write(company.ben, "Pump 3 leaks.\nBring a seal and a torch.\nKey at the gate.\n")
        #expect(try shown(company.anna) == "Pump 3 leaks at the flange, badly.\nBring a seal.\n")
        for device in annaFirst ? [company.anna, company.ben] : [company.ben, company.anna] { try world.sync(device) }
        for device in [company.anna, company.ben, company.dora] { try world.sync(device) }
        let both = "Pump 3 leaks at the flange, badly.\nBring a seal and a torch.\nKey at the gate.\n"
        #expect(try stored() == both)
        for device in [company.anna, company.ben, company.dora] {
            #expect(try shown(device) == both)
            #expect(try world.audit(device).isEmpty)
        }
        #expect(try lastReceipt(company.anna).outcome == .applied && lastReceipt(company.ben).outcome == .applied)
        #expect(try world.serverRecords("ruling").isEmpty)
    }

    @Test("two who write first make one text")
    func first() throws {
        try write(company.anna, "From Anna. ")
        try write(company.ben, "From Ben. ")
        for device in [company.ben, company.anna, company.ben] { try world.sync(device) }
        #expect(try shown(company.ben) == shown(company.anna))
        #expect(try stored() == "From Anna. From Ben. ")
        #expect(try world.serverRecords("text").count == 1)
    }

    @Test("what was typed before the job was given to somebody else lands all the same")
    func reassigned() throws {
        try write(company.anna, "Anna was here.")
        try world.commit(company.dora, "unassign") { editor in
            try editor.create(
                "assignment_request",
                ["order": .reference(company.order), "action": .text("unassign"), "technician": .reference(company.annaUser)])
        }
        try world.sync(company.dora)
        try world.sync(company.anna)
        #expect(try lastReceipt(company.anna).outcome == .applied)
        #expect(try stored() == "Anna was here.")
    }

    @Test("a wording that is too long is refused before anything is recorded, with what to do")
    func tooLong() throws {
        let problem = #expect(throws: DeviceProblem.self) { try write(company.anna, String(repeating: "x", count: 65_537)) }
        #expect(problem?.code == "text-full")
        #expect(problem?.next.contains("note") == true)
        #expect(try company.anna.engine.read { try $0.outbox() }.isEmpty)
    }

    @Test("what is together too long is kept with its set, says so, and what its author writes next stands")
    func full() throws {
        try write(company.anna, String(repeating: "a", count: 40_000))
        try write(company.ben, String(repeating: "b", count: 40_000))
        try world.sync(company.anna)
        try world.sync(company.ben)
        let receipt = try lastReceipt(company.ben)
        #expect(receipt.outcome == .setAside)
        #expect(receipt.remarks.map(\.code) == ["text-full"])
        #expect(receipt.remarks.first?.remedies.isEmpty == false)
        #expect(try stored()?.utf8.count == 40_000)
        #expect(try company.ben.engine.read { try $0.unresolved() }.count == 1)
        // The numbers of what was kept aside are not given again: a person may let it take effect yet.
        try write(company.ben, try #require(try shown(company.ben)) + "short")
        try world.sync(company.ben)
        #expect(try lastReceipt(company.ben).outcome == .applied)
        let last = try company.ben.engine.read { try $0.state() }.lastSequence
        let own = try #require(try company.ben.engine.read { try $0.own(WriteID(replica: company.ben.replica, sequence: last)) })
        let writes = try ChangeSet(decodingBody: own.set.body).ops.flatMap(\.writes)
        let first = writes.first { $0.op == .insert }?.value.list?.first?.integer
        #expect(first == 40_001)
        #expect(try world.audit(company.ben).isEmpty)
    }

    @Test("a set whose guard fails loses its decision and keeps what was typed in it")
    func guarded() throws {
        try world.commit(company.anna) { editor in
            try editor.guardUnchanged("service_order", company.order, "title")
            try editor.patch("service_order", company.order, ["title": .text("mine")])
            try editor.reword("text", text, "text", as: "Typed.", within: JointTextKind.problem.fields(order: company.order))
        }
        try world.commit(company.dora) { try $0.patch("service_order", company.order, ["title": .text("theirs")]) }
        try world.sync(company.dora)
        try world.sync(company.anna)
        #expect(try lastReceipt(company.anna).outcome == .setAside)
        #expect(try stored() == "Typed.")
        #expect(try world.serverValue("service_order", company.order, "title") == .text("theirs"))
    }

    @Test("after a restore a text whose beginning is still missing waits, and is whole when its author comes")
    func restored() throws {
        try write(company.anna, "Pump leaks.")
        try world.sync(company.anna)
        try world.sync(company.ben)
        try write(company.ben, "Pump 3 leaks.")
        let set = try #require(try company.ben.engine.read { try $0.outbox().last })
        let edits = try ChangeSet(decodingBody: set.set.body).ops
        let applied = try #require(edits.first)
        // Ben's edit alone, as a server that lost Anna's would apply it.
        let entity = try world.schema.entity("text")
        let field = try #require(entity["text"])
        let version = Version(stamp: Stamp(milliseconds: 5, counter: 0, replica: company.ben.replica), sequence: 1)
        let alone = try Merge.apply(applied.writes.filter { $0.field == field.id }, version: version, toText: nil)
        guard case .text(let waiting) = try FieldState(decoding: alone.value, rule: .text) else { return }
        #expect(waiting.shown == "")
        #expect(waiting.waitingParts.map(\.text) == ["3 "])
        let first = try #require(try company.anna.engine.read { try $0.journal(limit: 1).first })
        let beginning = try #require(try ChangeSet(decodingBody: first.set.body).ops.first { $0.key == applied.key })
        let own = Version(stamp: Stamp(milliseconds: 6, counter: 0, replica: company.anna.replica), sequence: 1)
        let whole = try Merge.apply(beginning.writes.filter { $0.field == field.id }, version: own, toText: alone)
        #expect(try FieldState(decoding: whole.value, rule: .text).shown(rule: .text) == .text("Pump 3 leaks."))
    }

    @Test("a copied device's characters go on under its new number, those it shares keep theirs")
    func copied() throws {
        try write(company.anna, "common ")
        try world.sync(company.anna)
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("truckroll-clone-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let store = try SQLiteDeviceStore(path: directory.appendingPathComponent("copy.sqlite").path, schema: world.schema)
        let (identity, state) = try company.anna.engine.read { (try #require(try $0.identity()), try $0.state()) }
        let (records, digests) = try company.anna.engine.store.read { held in
            (
                try held.confirmedKeys(after: nil, limit: 1000).compactMap { try held.confirmed($0) },
                try held.scopes().map { ($0, try held.digest(of: $0) ?? ScopeDigest()) }
            )
        }
        try store.write { copy in
            try copy.save(identity)
            try copy.save(state)
            for record in records { try copy.save(record) }
            for (scope, digest) in digests { try copy.save(digest, of: scope) }
        }
        let copy = World.Device(
            name: "copy", engine: DeviceEngine(schema: world.schema, store: store), world: .init(), replica: company.anna.replica,
            user: company.annaUser)
        try write(company.anna, "common, first")
        try write(copy, "common second")
        try write(copy, "common seXcond")
        try write(copy, "common sXcond")
        try world.sync(company.anna)
        try world.sync(copy)
        let renewed = try #require(try copy.engine.read { try $0.identity() }).replica
        #expect(renewed != company.anna.replica)
        try world.sync(company.anna)
        let both = try #require(try stored())
        #expect(both.contains("sXcond") && both.contains(", first") && both.hasPrefix("common"))
        #expect(try shown(copy) == both)
        #expect(try shown(company.anna) == both)
        guard case .text(let joint)? = try world.serverRecords("text").first.flatMap({ view in view.entity["text"].flatMap { view.state($0) } })
        else {
            Issue.record("no text")
            return
        }
        #expect(joint.waitingParts.isEmpty && joint.erasedAhead.isEmpty)
        #expect(joint.replicas.contains(renewed))
    }

    @Test("what was added to a text that a restored server lost lands before the one who began it comes", arguments: [true, false])
    func begunInLostHistory(isOffice: Bool) throws {
        let (company, store) = try Company.inMemory()
        let (world, anna) = (company.world, company.anna)
        let other = isOffice ? company.dora : company.ben
        try company.assign(company.benUser)
        for device in [anna, company.ben, company.dora] { try world.sync(device) }
        let copy = store.copy()
        func write(_ device: World.Device, _ wording: String) throws {
            let kind = JointTextKind.problem
            _ = try world.commit(device, "text") { editor in
                try editor.reword("text", kind.id(of: company.order), "text", as: wording, within: kind.fields(order: company.order))
            }
        }
        try write(anna, "Pump 3 leaks.")
        for device in [anna, other] { try world.sync(device) }
        try write(other, "Pump 3 leaks. Key at the gate.")
        for device in [other, anna] { try world.sync(device) }
        try company.putBack(copy, in: store)
        for device in [other, anna, other, anna] { try world.sync(device) }
        #expect(try world.serverValue("text", JointTextKind.problem.id(of: company.order), "text") == .text("Pump 3 leaks. Key at the gate."))
        #expect(try world.serverRecords("exception").filter { $0.text("kind") == "outside_view" }.isEmpty)
        for device in [anna, other] {
            #expect(try world.value(device, "text", JointTextKind.problem.id(of: company.order), "text") == .text("Pump 3 leaks. Key at the gate."))
            #expect(try world.audit(device).isEmpty)
        }
    }
}
