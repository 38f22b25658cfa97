import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("Hand-overs: a part has moved when both have said so")
struct HandOverTests: HandOverSuite {
    let fixture: HandOverFixture

    init() throws { fixture = try HandOverFixture() }

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
        #expect(Set(ends) == [.refused, .consumed, .returned, .released, .expired])
    }
}
