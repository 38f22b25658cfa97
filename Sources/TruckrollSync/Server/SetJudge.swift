import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Says which ops of a set take effect: facts land, decisions and claims stand or are set aside together (Protocol/06-outcomes.md).
struct SetJudge {
    let schema: Schema
    let writer: PositionWriter
    let replica: ReplicaRow
    let epoch: Epoch

    struct Verdict {
        /// Indexes of the ops that take effect.
        var effective: Set<Int> = []
        /// Why ops were set aside; empty when all take effect.
        var remarks: [Remark] = []
        /// Facts about records outside the author's view.
        var outsideView: [Int] = []
    }

    // MARK: Form

    /// What makes a set malformed as a whole, whoever sent it.
    ///
    /// - Throws: ``WireProblem`` with the op's index.
    func checkForm(_ set: ChangeSet) throws(WireProblem) {
        for (index, op) in set.ops.enumerated() {
            guard let entity = schema[op.key.type] else {
                throw WireProblem("entity-unknown", op: index, "schema \(Schema.version) has no entity type \(op.key.type)")
            }
            guard entity.scopes[op.key.facet] != nil else {
                throw WireProblem("facet-unknown", op: index, "\(entity.name) has no facet \(op.key.facet.name)")
            }
            switch op.kind {
            case .delete:
                guard entity.isDeletable else { throw WireProblem("not-deletable", op: index, "\(entity.name) records are not deleted") }
                guard op.writes.isEmpty else { throw WireProblem("malformed", op: index, "a deletion writes no fields") }
            case .create, .patch:
                guard op.seen.isEmpty else { throw WireProblem("malformed", op: index, "only a deletion names versions of the record") }
                try checkWrites(op, entity, index)
            }
        }
    }

    private func checkWrites(_ op: Op, _ entity: Entity, _ index: Int) throws(WireProblem) {
        var written: Set<FieldID> = []
        for write in op.writes {
            guard let field = entity[write.field], field.facet == op.key.facet else {
                throw WireProblem("field-unknown", op: index, "\(entity.name) has no field \(write.field) in facet \(op.key.facet.name)")
            }
            if field.rule.isServerOnly { throw WireProblem("server-field", op: index, "\(entity.name).\(field.name) is written by the server alone") }
            guard write.op.fits(field.rule) else { throw WireProblem("op-unfit", op: index, "\(entity.name).\(field.name) does not take this op") }
            if op.kind == .patch, !field.rule.isPatchable {
                throw WireProblem("not-patchable", op: index, "\(entity.name).\(field.name) is set once")
            }
            if let problem = field.problem(with: write.value) {
                throw WireProblem("value-unfit", op: index, "\(entity.name).\(field.name) \(problem)")
            }
            guard written.insert(write.field).inserted || field.isSet else {
                throw WireProblem("malformed", op: index, "\(entity.name).\(field.name) is written twice")
            }
        }
        guard op.kind == .create else { return }
        for field in entity.fields where field.isRequired && field.facet == op.key.facet && !written.contains(field.id) {
            throw WireProblem("field-missing", op: index, "\(entity.name).\(field.name) is required")
        }
    }

    // MARK: Rights

    /// Decides op by op. A set whose decisions fail keeps its facts.
    func judge(_ set: ChangeSet) throws -> Verdict {
        var verdict = Verdict()
        var decisions: [Int] = []
        // Scopes of records created by this very set count as seen: an order and its tasks arrive together.
        var own: Set<Scope> = []
        for (index, op) in set.ops.enumerated() {
            guard let entity = schema[op.key.type] else { continue }
            let scopes = try scopes(of: op, entity)
            if entity.writeClass == .fact {
                if try isReachable(scopes, own: own, base: set.base) { verdict.effective.insert(index) } else { verdict.outsideView.append(index) }
            } else {
                decisions.append(index)
                if let remark = try problem(with: op, entity, index, scopes, own) { verdict.remarks.append(remark) }
                if op.kind == .create { own.formUnion(scopes) }
            }
        }
        for condition in set.guards where try !holds(condition) {
            verdict.remarks.append(
                Remark(
                    code: "guard-failed", field: condition.field.rawValue, text: "The field was changed by somebody else since this was decided.",
                    serverValue: try shown(condition), remedies: ["look at the present value and decide again"]))
        }
        if verdict.remarks.isEmpty { verdict.effective.formUnion(decisions) }
        for index in verdict.outsideView {
            verdict.remarks.append(
                Remark(
                    code: "outside-view", op: index,
                    text: "The record was not among this device's records when this was recorded. It is kept for review.",
                    remedies: ["a dispatcher can release it"]))
        }
        return verdict
    }

    private func problem(with op: Op, _ entity: Entity, _ index: Int, _ scopes: [Scope], _ own: Set<Scope>) throws -> Remark? {
        guard entity.writers.contains(replica.role) else {
            return Remark(
                code: "not-allowed", op: index, text: "A \(replica.role.rawValue) may not write \(entity.title.lowercased()) records.",
                remedies: ["ask somebody who may"])
        }
        let existing = try writer.record(op.key)
        if existing == nil, op.kind == .patch {
            return Remark(code: "record-unknown", op: index, text: "There is no such record.", remedies: ["sync, then look again"])
        }
        if existing != nil, try !isReachable(scopes, own: own, base: nil) {
            return Remark(
                code: "out-of-view", op: index, text: "The record is no longer among this device's records.", remedies: ["ask the dispatcher"])
        }
        if let existing, let view = schema[op.key.type].map({ RecordView(existing, $0) }) {
            for write in op.writes {
                guard let field = entity[write.field], field.rule == .sealed, view.record[field.id] != nil, view[field.name] != write.value
                else { continue }
                return Remark(
                    code: "sealed", op: index, field: field.id.rawValue, text: "\(entity.title) is sealed and never changed.",
                    serverValue: view[field.name], remedies: ["issue a new revision"])
            }
        }
        return entity.name == "stock_entry" ? try stockProblem(op, entity, index) : nil
    }

    /// A movement takes only what is free where it starts.
    private func stockProblem(_ op: Op, _ entity: Entity, _ index: Int) throws -> Remark? {
        var values: [String: Value] = [:]
        for write in op.writes { if let field = entity[write.field] { values[field.name] = write.value } }
        guard let from = values["from"]?.reference, let part = values["part"]?.reference,
            let quantity = values["quantity"]?.text.flatMap({ Quantity($0) })
        else { return nil }
        let balance = try StockBook(schema: schema, access: writer).balance(of: part, at: from)
        guard balance.free < quantity else { return nil }
        return Remark(
            code: "stock-insufficient", op: index, text: "Only \(balance.free) are free there, \(quantity) were to be moved.",
            serverValue: .text(balance.free.description), remedies: ["move less", "count the stock"])
    }

    // MARK: Reach

    private func scopes(of op: Op, _ entity: Entity) throws -> [Scope] {
        // A deleted record is judged where it lay: an edit that had not seen the deletion brings it back.
        if let existing = try writer.record(op.key) { return entity.scopes(of: RecordView(existing, entity)) }
        // A new record lies where its own fields put it.
        var record = Record(key: op.key)
        let version = Version(stamp: Stamp(milliseconds: 0, counter: 0, replica: replica.replica), sequence: 1)
        for write in op.writes {
            guard let field = entity[write.field] else { continue }
            record.set(try Merge.apply(write, version: version, to: record[write.field], rule: field.rule, lattice: field.lattice).entry)
        }
        return entity.scopes(of: RecordView(record, entity))
    }

    /// Whether one of the scopes is in the author's view now, was there at the base, or holds what this replica made.
    private func isReachable(_ scopes: [Scope], own: Set<Scope>, base: Checkpoint?) throws -> Bool {
        for scope in scopes {
            if own.contains(scope) { return true }
            if let row = try writer.transaction.viewScope(replica.replica, scope) {
                if row.weight > 0 { return true }
                if let base {
                    // A base of a lost epoch counts as in view.
                    if base.epoch != epoch { return true }
                    if try writer.transaction.wasInView(replica.replica, scope, at: base.position) { return true }
                }
            }
            if try isOwnOrder(scope) { return true }
        }
        return false
    }

    /// An order this replica created is in its reach before the server has put it into its view.
    private func isOwnOrder(_ scope: Scope) throws -> Bool {
        guard scope.kind == "order", let id = scope.id, let entity = schema["service_order"],
            let record = try writer.record(RecordKey(type: entity.type, id: id)), let number = entity["number"]
        else { return false }
        return record[number.id]?.version.stamp.replica == replica.replica
    }

    private func holds(_ condition: Guard) throws -> Bool {
        guard let entity = schema[condition.key.type], let field = entity[condition.field],
            let record = try writer.record(condition.key)
        else { return condition.seen.isEmpty }
        let seen = Set(condition.seen.map(\.writeID))
        return RecordView(record, entity).versions(field).allSatisfy { seen.contains($0.writeID) }
    }

    private func shown(_ condition: Guard) throws -> Value? {
        guard let entity = schema[condition.key.type], let field = entity[condition.field], let record = try writer.record(condition.key)
        else { return nil }
        return RecordView(record, entity)[field.name]
    }
}
