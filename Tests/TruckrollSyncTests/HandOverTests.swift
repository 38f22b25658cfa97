import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("Hand-overs: a part has moved when both have said so")
struct HandOverTests {
    let company: Company
    var world: World { company.world }
    let board: RecordID
    let vanB: RecordID

    /// The depot has the boards D1 and D2 and one sensor, Anna's van the board A1 and two sensors, Ben's van nothing.
    init() throws {
        company = try Company()
        let world = company.world
        let (board, vanB) = (world.id(), world.id())
        (self.board, self.vanB) = (board, vanB)
        let ben = company.benUser
        try world.commit(world.importer) { editor in
            try editor.create("stock_location", id: vanB, ["kind": .text("van"), "name": .text("Van B"), "holder": .reference(ben)])
            try editor.create(
                "part", id: board,
                ["number": .text("B-1"), "name": .text("Main board"), "unit": .text("pcs"), "serialised": .boolean(true)])
        }
        try world.sync(world.importer)
        for (serial, place) in [("D1", company.depot), ("D2", company.depot), ("A1", company.vanA)] { try receive(serial, at: place) }
        try sync(world.importer, company.anna, company.ben, company.dora)
    }

    // MARK: What people do

    private func sync(_ devices: World.Device...) throws { for device in devices { try world.sync(device) } }

    private func receive(_ serial: String, at place: RecordID) throws {
        try world.commit(world.importer) { editor in
            try editor.create(
                "stock_entry",
                [
                    "part": .reference(board), "serial": .text(serial), "to": .reference(place), "quantity": .text("1"), "reason": .text("receipt"),
                    "at": .text(editor.now.description),
                ])
        }
    }

    private func id(_ code: String, to place: RecordID) throws -> RecordID {
        HandOverCode.id(try world.schema.entity("hand_over"), code: code, to: place)
    }

    /// Hands over a board by its number, or sensors.
    @discardableResult
    private func hand(
        _ code: String, _ serial: String? = nil, _ quantity: String = "1", from: RecordID?, to: RecordID, for order: RecordID? = nil,
        by device: World.Device
    ) throws -> RecordID {
        let id = try id(code, to: to)
        try world.commit(device, "hand-over") { editor in
            try editor.create(
                "hand_over", id: id,
                [
                    "part": .reference(serial == nil ? company.part : board), "quantity": .text(quantity),
                    "serial": serial.map { .text($0) } ?? .null,
                    "from": from.map { .reference($0) } ?? .null, "to": .reference(to), "code": .text(code),
                    "order": order.map { .reference($0) } ?? .null, "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        return id
    }

    @discardableResult
    private func answer(
        _ handOver: RecordID, _ action: HandOverAction, at place: RecordID?, _ received: [String: Value] = [:], by device: World.Device
    ) throws -> RecordID {
        let id = world.id()
        try world.commit(device, "answer") { editor in
            let fields: [String: Value] = [
                "hand_over": .reference(handOver), "action": .text(action.rawValue), "location": place.map { .reference($0) } ?? .null,
                "at": .text(editor.now.description), "by": .reference(editor.user),
            ]
            try editor.create("hand_over_answer", id: id, fields.merging(received) { $1 })
        }
        return id
    }

    @discardableResult
    private func use(_ serial: String, from: RecordID?, action: String = "fitted", by device: World.Device) throws -> RecordID {
        let id = world.id()
        try world.commit(device) { editor in
            try editor.create(
                "part_use", id: id,
                [
                    "order": .reference(company.order), "part": .reference(board), "quantity": .text("1"), "serial": .text(serial),
                    "from": from.map { .reference($0) } ?? .null, "asset": .reference(company.asset), "action": .text(action),
                    "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        return id
    }

    private func reserve(_ quantity: String) throws -> RecordID {
        let id = RecordID.derived(
            type: try world.schema.entity("reservation").type, key: [company.order.bytes, company.part.bytes, company.depot.bytes])
        try world.commit(company.dora) { editor in
            try editor.create(
                "reservation", id: id,
                [
                    "order": .reference(company.order), "part": .reference(company.part), "location": .reference(company.depot),
                    "quantity": .text(quantity), "requested_by": .reference(editor.user),
                ])
        }
        try sync(company.dora)
        return id
    }

    // MARK: What the server has

    private func holder(_ serial: String) throws -> UnitHolder? {
        try world.serverRecords("unit").first { $0.text("serial") == serial }.flatMap { UnitHolder(unit: $0) }
    }

    private func state(_ handOver: RecordID) throws -> String? { try world.serverValue("hand_over", handOver, "state").text }

    private func balance(_ part: RecordID, at place: RecordID) throws -> String {
        let id = StockBook.balanceID(try world.schema.entity("balance"), location: place, part: part)
        return try ["on_hand", "reserved"].map { try world.serverValue("balance", id, $0).text ?? "–" }.joined(separator: " ")
    }

    private func reservation(_ id: RecordID) throws -> String {
        try ["state", "granted", "picked", "loaded"].map { try world.serverValue("reservation", id, $0).text ?? "–" }.joined(separator: " ")
    }

    private func openCases() throws -> [String] {
        try world.serverRecords("exception").filter { $0.text("state") == "open" }.compactMap { $0.text("kind") }.sorted()
    }

    private func ruling(_ answer: RecordID) throws -> String? { try world.serverValue("hand_over_answer", answer, "ruling").text }

    // MARK: Two steps

    @Test("a piece stays with who hands it over until the other has accepted it")
    func twoSteps() throws {
        let offer = try hand("K1", "A1", from: company.vanA, to: vanB, by: company.anna)
        try sync(company.anna, company.ben)
        #expect(try state(offer) == "offered" && holder("A1") == .location(company.vanA))
        // Who is to receive it sees it, with its part.
        let seen = try company.ben.engine.read { (offer: try $0.view("hand_over", offer), part: try $0.view("part", board)) }
        #expect(seen.offer?.text("serial") == "A1" && seen.part != nil)
        try answer(offer, .accept, at: vanB, by: company.ben)
        try sync(company.ben)
        #expect(try state(offer) == "accepted" && holder("A1") == .location(vanB))
        #expect(try balance(board, at: company.vanA) == "0 0" && balance(board, at: vanB) == "1 0")
        #expect(try openCases().isEmpty)
    }

    @Test("offline both ways: who accepts may reach the server before who hands over")
    func acceptedFirst() throws {
        let offer = try hand("K1", "A1", from: company.vanA, to: vanB, by: company.anna)
        try answer(offer, .accept, at: vanB, ["part": .reference(board), "serial": .text("A1")], by: company.ben)
        try sync(company.ben)
        #expect(try holder("A1") == .location(company.vanA))
        try sync(company.anna)
        #expect(try state(offer) == "accepted" && holder("A1") == .location(vanB) && openCases().isEmpty)
    }

    @Test("what was fitted out of the receiver's van before the hand-over was known is right afterwards, and its case is closed")
    func usedFirst() throws {
        let offer = try hand("K1", "A1", from: company.vanA, to: vanB, by: company.anna)
        try company.assign(company.benUser)
        try sync(company.ben)
        try answer(offer, .accept, at: vanB, by: company.ben)
        let use = try use("A1", from: vanB, by: company.ben)
        try sync(company.ben)
        #expect(try world.serverValue("part_use", use, "contested") == .boolean(true) && openCases() == ["custody_conflict"])
        try sync(company.anna)
        #expect(try holder("A1") == .asset(company.asset) && openCases().isEmpty)
        #expect(try world.serverValue("part_use", use, "prevailed") == .boolean(true))
        #expect(try balance(board, at: company.vanA) == "0 0" && balance(board, at: vanB) == "0 0")
    }

    @Test(
        "a chain of hand-overs ends with the last one, in whatever order the three arrive",
        arguments: [[0, 1, 2], [2, 1, 0], [1, 2, 0], [1, 0, 2]])
    func chain(_ order: [Int]) throws {
        let first = try hand("K1", "A1", from: company.vanA, to: vanB, by: company.anna)
        try answer(first, .accept, at: vanB, by: company.ben)
        let second = try hand("K2", "A1", from: vanB, to: company.depot, by: company.ben)
        try answer(second, .accept, at: company.depot, by: company.dora)
        let devices = [company.anna, company.ben, company.dora]
        for index in order { try sync(devices[index]) }
        #expect(try holder("A1") == .location(company.depot) && openCases().isEmpty)
        #expect(try state(first) == "accepted" && state(second) == "accepted")
        #expect(try balance(board, at: company.vanA) == "0 0" && balance(board, at: vanB) == "0 0" && balance(board, at: company.depot) == "3 0")
    }

    @Test("what is in hand after it was taken off an asset goes to a stock")
    func fromHand() throws {
        try use("OLD", from: nil, action: "removed", by: company.anna)
        let offer = try hand("K1", "OLD", from: nil, to: company.depot, by: company.anna)
        try sync(company.anna, company.dora)
        #expect(try holder("OLD") == .person(company.annaUser))
        try answer(offer, .accept, at: company.depot, by: company.dora)
        try sync(company.dora)
        #expect(try holder("OLD") == .location(company.depot) && balance(board, at: company.depot) == "3 0" && openCases().isEmpty)
    }

    @Test("goods without numbers pass on as quantities; what the book lacked is a question, never a negative")
    func quantities() throws {
        let offer = try hand("K1", nil, "3", from: company.vanA, to: vanB, by: company.anna)
        try sync(company.anna)
        try answer(offer, .accept, at: vanB, by: company.ben)
        try sync(company.ben)
        #expect(try balance(company.part, at: company.vanA) == "0 0" && balance(company.part, at: vanB) == "3 0")
        #expect(try openCases() == ["stock_discrepancy"])
    }

    // MARK: Declined, taken back, disputed

    @Test("declined and taken back, nothing moves; the same answer twice is none")
    func declined() throws {
        let declined = try hand("K1", "A1", from: company.vanA, to: vanB, by: company.anna)
        try sync(company.anna)
        try answer(declined, .decline, at: vanB, ["reason": .text("Not the right one.")], by: company.ben)
        let again = try answer(declined, .decline, at: vanB, by: company.ben)
        try sync(company.ben)
        #expect(try state(declined) == "declined" && world.serverValue("hand_over", declined, "answer").text == "Not the right one.")
        #expect(try ruling(again) == "It is declined already.")
        let withdrawn = try hand("K2", "A1", from: company.vanA, to: vanB, by: company.anna)
        try answer(withdrawn, .withdraw, at: company.vanA, by: company.anna)
        try sync(company.anna)
        #expect(try state(withdrawn) == "withdrawn" && holder("A1") == .location(company.vanA) && openCases().isEmpty)
    }

    @Test("taken back and accepted at once: nothing moves, and somebody is told")
    func disputed() throws {
        let offer = try hand("K1", "A1", from: company.vanA, to: vanB, by: company.anna)
        try sync(company.anna, company.ben)
        try answer(offer, .withdraw, at: company.vanA, by: company.anna)
        let accepted = try answer(offer, .accept, at: vanB, by: company.ben)
        try sync(company.anna, company.ben)
        #expect(try state(offer) == "withdrawn" && holder("A1") == .location(company.vanA) && openCases() == ["custody_conflict"])
        #expect(try ruling(accepted) == "It was withdrawn before.")
    }

    @Test("who received something else than was handed over says so, and the office is asked")
    func otherPiece() throws {
        let offer = try hand("K1", "A1", from: company.vanA, to: vanB, by: company.anna)
        try sync(company.anna)
        let accepted = try answer(offer, .accept, at: vanB, ["serial": .text("A7")], by: company.ben)
        try sync(company.ben)
        #expect(try state(offer) == "offered" && holder("A1") == .location(company.vanA) && openCases() == ["custody_conflict"])
        #expect(try ruling(accepted) == "It was handed over as something else.")
    }

    @Test("a piece that goes another way ends what was offered of it; accepting it then is a question")
    func anotherWay() throws {
        let offer = try hand("K1", "A1", from: company.vanA, to: vanB, by: company.anna)
        try use("A1", from: company.vanA, by: company.anna)
        try sync(company.anna)
        #expect(try state(offer) == "refused" && holder("A1") == .asset(company.asset))
        try answer(offer, .accept, at: vanB, by: company.ben)
        try sync(company.ben)
        #expect(try holder("A1") == .asset(company.asset) && openCases() == ["custody_conflict"])
        #expect(try world.serverValue("hand_over", offer, "contested") == .boolean(true))
    }

    @Test("who may not see a stock hands nothing out of it and receives nothing for it")
    func foreign() throws {
        let offer = try hand("K1", "A1", from: company.vanA, to: company.depot, by: company.ben)
        try sync(company.ben)
        #expect(try world.serverRecords("hand_over").first { $0.id == offer } == nil)
        let own = try hand("K2", "A1", from: company.vanA, to: vanB, by: company.anna)
        try sync(company.anna)
        try answer(own, .accept, at: company.vanA, by: company.anna)
        try sync(company.anna)
        #expect(try state(own) == "offered" && holder("A1") == .location(company.vanA))
    }

    @Test("an id that does not follow from its code, a piece without its number and a place that is the same move nothing")
    func unfit() throws {
        let id = world.id()
        try world.commit(company.anna) { editor in
            try editor.create(
                "hand_over", id: id,
                [
                    "part": .reference(board), "quantity": .text("1"), "serial": .text("A1"), "from": .reference(company.vanA),
                    "to": .reference(vanB),
                    "code": .text("K1"), "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        let here = try hand("K2", "A1", from: company.vanA, to: company.vanA, by: company.anna)
        let nameless = try hand("K3", nil, from: nil, to: vanB, by: company.anna)
        let two = try hand("K4", "A1", "2", from: company.vanA, to: vanB, by: company.anna)
        try sync(company.anna)
        for offer in [id, here, nameless, two] {
            #expect(try state(offer) == "refused")
            try answer(offer, .accept, at: offer == here ? company.vanA : vanB, by: offer == here ? company.anna : company.ben)
        }
        try sync(company.anna, company.ben)
        #expect(try holder("A1") == .location(company.vanA) && balance(company.part, at: vanB) == "– –")
    }

    // MARK: Out of a depot

    @Test("what a depot hands out is held until it is answered: nobody else is promised it")
    func held() throws {
        let offer = try hand("K1", nil, from: company.depot, to: vanB, by: company.dora)
        try sync(company.dora)
        #expect(try state(offer) == "offered" && balance(company.part, at: company.depot) == "1 1")
        let second = try hand("K2", nil, from: company.depot, to: company.vanA, by: company.dora)
        try sync(company.dora)
        #expect(try state(second) == "refused")
        #expect(try world.serverValue("hand_over", second, "answer").text?.hasPrefix("Only 0 are free there.") == true)
        try answer(offer, .decline, at: vanB, by: company.ben)
        try sync(company.ben)
        #expect(try balance(company.part, at: company.depot) == "1 0")
    }

    @Test("a reservation goes from granted to picked, loaded and consumed")
    func picked() throws {
        let reserved = try reserve("1")
        #expect(try reservation(reserved) == "granted 1 – –")
        let offer = try hand("K1", nil, from: company.depot, to: company.vanA, for: company.order, by: company.dora)
        try sync(company.dora, company.anna)
        #expect(try reservation(reserved) == "picked 0 1 –" && balance(company.part, at: company.depot) == "1 1")
        try answer(offer, .accept, at: company.vanA, by: company.anna)
        try sync(company.anna)
        #expect(try reservation(reserved) == "loaded 0 0 1" && balance(company.part, at: company.depot) == "0 0")
        #expect(try balance(company.part, at: company.vanA) == "3 0")
        try world.commit(company.anna) { editor in
            try editor.create(
                "part_use",
                [
                    "order": .reference(company.order), "part": .reference(company.part), "quantity": .text("1"),
                    "from": .reference(company.vanA), "action": .text("consumed"), "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        try sync(company.anna)
        #expect(try reservation(reserved) == "consumed 0 0 0" && openCases().isEmpty)
    }

    @Test("what was loaded and not used comes back")
    func returned() throws {
        let reserved = try reserve("1")
        let out = try hand("K1", nil, from: company.depot, to: company.vanA, for: company.order, by: company.dora)
        try sync(company.dora)
        try answer(out, .accept, at: company.vanA, by: company.anna)
        let back = try hand("K2", nil, from: company.vanA, to: company.depot, for: company.order, by: company.anna)
        try sync(company.anna)
        #expect(try reservation(reserved) == "loaded 0 0 1")
        try answer(back, .accept, at: company.depot, by: company.dora)
        try sync(company.dora)
        #expect(try reservation(reserved) == "returned 0 0 0" && balance(company.part, at: company.depot) == "1 0")
    }

    @Test("picked and declined is granted again; a cancelled order frees what was picked for it")
    func putBack() throws {
        let reserved = try reserve("1")
        let first = try hand("K1", nil, from: company.depot, to: company.vanA, for: company.order, by: company.dora)
        try sync(company.dora)
        try answer(first, .decline, at: company.vanA, by: company.anna)
        try sync(company.anna)
        #expect(try reservation(reserved) == "granted 1 0 –")
        let second = try hand("K2", nil, from: company.depot, to: company.vanA, for: company.order, by: company.dora)
        try world.commit(company.dora) { try $0.event(.cancel, order: company.order) }
        try sync(company.dora)
        #expect(try state(second) == "refused" && reservation(reserved) == "released 1 0 –" && balance(company.part, at: company.depot) == "1 0")
    }

    @Test("who took it off the shelf without asking has taken it: what nobody promised is a question")
    func taken() throws {
        _ = try hand("K0", nil, from: company.depot, to: vanB, by: company.dora)
        try sync(company.dora)
        let offer = try hand("K1", nil, from: company.depot, to: company.vanA, by: company.anna)
        try answer(offer, .accept, at: company.vanA, by: company.anna)
        try sync(company.anna)
        #expect(try state(offer) == "accepted" && balance(company.part, at: company.vanA) == "3 0")
        #expect(try balance(company.part, at: company.depot) == "0 1" && openCases() == ["stock_discrepancy"])
    }

    @Test("handed over and accepted in one set, the answer has decided, once")
    func takenAlong() throws {
        let id = try id("K1", to: company.vanA)
        let answer = world.id()
        try world.commit(company.anna, "take-along") { editor in
            try editor.create(
                "hand_over", id: id,
                [
                    "part": .reference(company.part), "quantity": .text("1"), "from": .reference(company.depot), "to": .reference(company.vanA),
                    "code": .text("K1"), "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
            try editor.create(
                "hand_over_answer", id: answer,
                [
                    "hand_over": .reference(id), "action": .text("accept"), "location": .reference(company.vanA),
                    "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        try sync(company.anna)
        #expect(try state(id) == "accepted" && ruling(answer) == nil)
        #expect(try world.serverValue("hand_over_answer", answer, "effective") == .boolean(true))
        #expect(try balance(company.part, at: company.depot) == "0 0" && balance(company.part, at: company.vanA) == "3 0" && openCases().isEmpty)
    }

    @Test("fitted, taken off again and brought to the depot, before anybody knew that it had been handed over")
    func longChain() throws {
        let first = try hand("K1", "A1", from: company.vanA, to: vanB, by: company.anna)
        try company.assign(company.benUser)
        try sync(company.ben)
        try answer(first, .accept, at: vanB, by: company.ben)
        try use("A1", from: vanB, by: company.ben)
        try use("A1", from: nil, action: "removed", by: company.ben)
        let back = try hand("K2", "A1", from: nil, to: company.depot, by: company.ben)
        try answer(back, .accept, at: company.depot, by: company.dora)
        try sync(company.ben, company.dora)
        #expect(try holder("A1") == .location(company.vanA))
        try sync(company.anna)
        #expect(try holder("A1") == .location(company.depot) && openCases().isEmpty)
        #expect(try balance(board, at: company.vanA) == "0 0" && balance(board, at: vanB) == "0 0" && balance(board, at: company.depot) == "3 0")
    }

    @Test("a receiver whose clock is slow has received it when they said, by their own clock")
    func slowClock() throws {
        let offer = try hand("K1", "A1", from: company.vanA, to: vanB, by: company.anna)
        try company.assign(company.benUser)
        try sync(company.ben)
        company.ben.world.offset -= 300_000
        try answer(offer, .accept, at: vanB, by: company.ben)
        try use("A1", from: vanB, by: company.ben)
        try sync(company.ben)
        company.ben.world.offset += 300_000
        try sync(company.anna)
        #expect(try holder("A1") == .asset(company.asset) && openCases().isEmpty)
    }

    @Test("what is held for an order without a reservation is free when the order is over")
    func orderOver() throws {
        let offer = try hand("K1", nil, from: company.depot, to: company.vanA, for: company.order, by: company.dora)
        try sync(company.dora)
        #expect(try balance(company.part, at: company.depot) == "1 1")
        try world.commit(company.dora) { try $0.event(.cancel, order: company.order) }
        try sync(company.dora)
        #expect(try state(offer) == "refused" && balance(company.part, at: company.depot) == "1 0")
    }

    @Test("who takes along what an order waits for has it: the order waits no more")
    func waitedFor() throws {
        let reserved = try reserve("3")
        #expect(try reservation(reserved) == "backordered 1 – –" || reservation(reserved) == "backordered 0 – –")
        let offer = try hand("K1", nil, "3", from: company.depot, to: company.vanA, for: company.order, by: company.anna)
        try answer(offer, .accept, at: company.vanA, by: company.anna)
        try sync(company.anna)
        #expect(try reservation(reserved).hasPrefix("loaded") && openCases() == ["stock_discrepancy"])
        #expect(try balance(company.part, at: company.depot) == "0 0" && balance(company.part, at: company.vanA) == "5 0")
    }

    @Test("an order that its author does not hold gives nothing of what it was granted")
    func foreignOrder() throws {
        let reserved = try reserve("1")
        let offer = try hand("K1", nil, from: company.depot, to: vanB, for: company.order, by: company.ben)
        try answer(offer, .accept, at: vanB, by: company.ben)
        try sync(company.ben)
        #expect(try reservation(reserved) == "granted 1 – –" && openCases() == ["stock_discrepancy"])
    }

    @Test("a use straight from the depot takes what was picked for its order")
    func takenFromPicked() throws {
        let reserved = try reserve("1")
        let offer = try hand("K1", nil, from: company.depot, to: company.vanA, for: company.order, by: company.dora)
        try sync(company.dora)
        try world.commit(company.anna) { editor in
            try editor.create(
                "part_use",
                [
                    "order": .reference(company.order), "part": .reference(company.part), "quantity": .text("1"),
                    "from": .reference(company.depot), "action": .text("consumed"), "at": .text(editor.now.description),
                    "by": .reference(editor.user),
                ])
        }
        try sync(company.anna)
        #expect(try state(offer) == "refused" && reservation(reserved) == "consumed 1 0 –" && openCases().isEmpty)
        #expect(try balance(company.part, at: company.depot) == "0 0")
    }

    // MARK: Words

    @Test("a code is read however it was typed")
    func codes() throws {
        #expect(HandOverCode.normalised(" ab2d-oil9 ") == "AB2D0119" && HandOverCode.spoken("AB2D0119") == "AB2D-0119")
        #expect(try id("ab2d-oil9", to: vanB) == id("AB2D0119", to: vanB) && id("AB2D0119", to: vanB) != id("AB2D0119", to: company.vanA))
        var generator = SystemRandomNumberGenerator()
        let code = HandOverCode.random(using: &generator)
        #expect(code.count == 8 && HandOverCode.normalised(code) == code)
    }

    @Test("every state of a reservation is reached from the first, and none but those that end it is left without a step")
    func workflow() {
        var reached: Set<ReservationState> = [.requested]
        while true {
            let next = reached.union(ReservationWorkflow.transitions.filter { reached.contains($0.from) }.map(\.to))
            if next == reached { break }
            reached = next
        }
        #expect(reached == Set(ReservationState.allCases))
        let ends = ReservationState.allCases.filter { !$0.isOpen }
        #expect(Set(ends) == [.refused, .consumed, .returned, .released])
    }
}
