import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("Out of a depot: held until it is accepted, picked and loaded for its order")
struct HandOutTests: HandOverSuite {
    let fixture: HandOverFixture

    init() throws { fixture = try HandOverFixture() }

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
}
