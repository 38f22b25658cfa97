import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Says which ops of a set take effect: facts land, decisions and claims stand or are set aside together (Protocol/06-outcomes.md).
struct SetJudge {
    let schema: Schema
    let writer: PositionWriter
    let replica: ReplicaRow
    /// What the set's base tells of what its author could see.
    let base: BaseStanding
    /// Deletions up to here are beyond the horizon.
    let collected: Position

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
            try checkAuthor(op, set, index)
            guard let entity = schema[op.key.type] else {
                throw WireProblem("entity-unknown", op: index, "schema \(schema.version) has no entity type \(op.key.type)")
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

    /// Nobody writes in somebody else's name; an importer brings in what others did.
    private func checkAuthor(_ op: Op, _ set: ChangeSet, _ index: Int) throws(WireProblem) {
        guard op.kind != .delete, replica.role != .importer, let entity = schema[op.key.type] else { return }
        for name in op.kind == .create ? ["by", "requested_by", "authors"] : ["authors"] {
            guard let field = entity[name], let write = op.writes.first(where: { $0.field == field.id }) else { continue }
            guard write.value.reference == set.user else {
                throw WireProblem("author-foreign", op: index, "\(entity.name).\(name) names somebody else than the set's author")
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
            if field.rule == .text {
                do { _ = try TextOp(write.op, write.value) } catch { throw WireProblem(error.code, op: index, error.detail) }
            } else if let problem = field.problem(with: write.value) {
                throw WireProblem("value-unfit", op: index, "\(entity.name).\(field.name) \(problem)")
            }
            guard written.insert(write.field).inserted || field.isSet || field.rule == .text else {
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
        // An order and its tasks arrive together: what the set itself creates counts as seen.
        var own: Set<Scope> = []
        var made: [RecordKey: Record] = [:]
        var stock = StockTrial(schema: schema, writer: writer, replica: replica.replica)
        var texts = TextTrial(writer: writer, replica: replica.replica)
        for (index, op) in set.ops.enumerated() {
            guard let entity = schema[op.key.type] else { continue }
            let scopes = try scopes(of: op, entity, &made)
            try stock.noteWanted(op, entity)
            if entity.writeClass == .fact {
                guard try isReachable(scopes, own: own, base: base) else {
                    verdict.outsideView.append(index)
                    continue
                }
                if let remark = try texts.problem(with: op, entity, index) { verdict.remarks.append(remark) } else { verdict.effective.insert(index) }
                continue
            }
            decisions.append(index)
            if entity.name == "service_order", op.kind == .create, try writer.record(op.key) == nil, try isSiteReachable(op, entity, own: own) {
                own.insert(Scope("order", op.key.id))
            }
            if let remark = try problem(with: op, entity, index, scopes, made: made, own, &stock) { verdict.remarks.append(remark) }
        }
        for condition in set.guards {
            if let remark = try failure(of: condition, own: own) { verdict.remarks.append(remark) }
        }
        if verdict.remarks.allSatisfy({ $0.code == "text-full" }) { verdict.effective.formUnion(decisions) }
        for index in verdict.outsideView {
            verdict.remarks.append(
                Remark(
                    code: "outside-view", op: index,
                    text: "The record was not among this device's records when this was recorded. It is kept with its set.",
                    remedies: ["tell the office, who can see the kept set"]))
        }
        return verdict
    }

    /// Whether a record exists is nobody's business who does not hold it: absent and foreign get one answer.
    private func outOfView(_ index: Int) -> Remark {
        Remark(
            code: "out-of-view", op: index, text: "There is no such record among this device's records.",
            remedies: ["sync, then look again", "ask the dispatcher"])
    }

    private func problem(
        with op: Op, _ entity: Entity, _ index: Int, _ scopes: [Scope], made: [RecordKey: Record], _ own: Set<Scope>, _ stock: inout StockTrial
    ) throws -> Remark? {
        guard entity.writers.contains(replica.role) else {
            return Remark(
                code: "not-allowed", op: index, text: "A \(replica.role.rawValue) may not write \(entity.title.lowercased()) records.",
                remedies: ["ask somebody who may"])
        }
        let existing = try writer.record(op.key)
        // A facet's first write may be a patch of an entity that is there.
        let common = RecordKey(type: op.key.type, id: op.key.id)
        let isThere = try existing != nil || made[op.key] != nil || made[common] != nil || (op.key.facet != .common && writer.record(common) != nil)
        if !isThere, op.kind != .create { return outOfView(index) }
        guard try isReachable(scopes, own: own, base: nil) else { return outOfView(index) }
        if op.kind == .patch, try isDeletedBeyondHorizon(op.key) {
            return Remark(
                code: "deleted-long-ago", op: index,
                text: "\(entity.title) was deleted more than \(Limits.horizonSeconds / 86_400) days ago and stays so.",
                remedies: ["make it anew", "tell the office, who can see the kept set"])
        }
        if let existing {
            let view = RecordView(existing, entity)
            for write in op.writes {
                guard let field = entity[write.field] else { continue }
                if field.rule == .sealed, view.record[field.id] != nil, view[field.name] != write.value {
                    return Remark(
                        code: "sealed", op: index, field: field.id.rawValue, text: "\(entity.title) is sealed and never changed.",
                        serverValue: view[field.name], remedies: ["issue a new revision"])
                }
                if write.op == .release, !field.mayRelease(replica.role, from: view[field.name]) {
                    return Remark(
                        code: "release-not-allowed", op: index, field: field.id.rawValue,
                        text: "A \(replica.role.rawValue) may not lift “\(view[field.name].text ?? "")”.", serverValue: view[field.name],
                        remedies: ["ask the quality manager"])
                }
            }
        }
        return entity.name == "stock_entry" ? try stock.problem(with: op, entity, index) : nil
    }

    /// A deletion that every device has heard of, or will be reconciled with, is not undone by a late write.
    private func isDeletedBeyondHorizon(_ key: RecordKey) throws -> Bool {
        guard collected > .start, let stored = try writer.stored(key), stored.isDeleted,
            let index = stored.record.entries.firstIndex(where: { $0.field == .tombstone })
        else { return false }
        return stored.positions[index] <= collected
    }

    // MARK: Reach

    /// - Parameter made: the records that the ops before this one make, with what they write in them.
    private func scopes(of op: Op, _ entity: Entity, _ made: inout [RecordKey: Record]) throws -> [Scope] {
        // A deleted record is judged where it lay: an edit that had not seen the deletion brings it back.
        let existing = try writer.record(op.key)
        if let existing, entity.isMade(existing) { return entity.scopes(of: RecordView(existing, entity)) }
        // A new record lies where its own fields put it. So does one that only patches have reached: whoever makes it is not kept out by
        // where somebody else has put it before.
        let record = try op.drafted(entity, by: replica.replica, over: made[op.key] ?? (op.kind == .create ? nil : existing))
        if op.kind == .create || made[op.key] != nil { made[op.key] = record }
        return entity.scopes(of: RecordView(record, entity))
    }

    /// A new order is for a site its author holds.
    private func isSiteReachable(_ op: Op, _ entity: Entity, own: Set<Scope>) throws -> Bool {
        guard let site = RecordView(try op.drafted(entity, by: replica.replica), entity).reference("site") else { return false }
        return try isReachable([Scope("site", site), Scope("registry")], own: own, base: nil)
    }

    /// Whether the author holds what the record belongs to.
    ///
    /// Whoever holds one of the record's scopes of the office holds all of them. Anybody else must hold every order the record
    /// belongs to, or, where it belongs to none, every other thing.
    private func isReachable(_ scopes: [Scope], own: Set<Scope>, base: BaseStanding?) throws -> Bool {
        let wide = scopes.filter { $0.id == nil }
        for scope in wide where try holds(scope, own: own, base: base) { return true }
        let narrow = scopes.filter { $0.id != nil }
        let orders = narrow.filter { $0.kind == "order" }
        let deciding = orders.isEmpty ? narrow : orders
        return try !deciding.isEmpty && deciding.allSatisfy { try holds($0, own: own, base: base) }
    }

    /// Whether the scope is in the author's view now, was there at the base, or is an order this replica made.
    private func holds(_ scope: Scope, own: Set<Scope>, base: BaseStanding?) throws -> Bool {
        if own.contains(scope) { return true }
        let transaction = writer.transaction
        if let row = try transaction.viewScope(replica.replica, scope), row.weight > 0 { return true }
        switch base {
        case .lost: return true
        case .known(let position, _): if try wasInView(scope, at: position) { return true }
        case .unproven, nil: break
        }
        return try isOwnOrder(scope)
    }

    /// Whether the author's device had the scope, under this number or a former one.
    private func wasInView(_ scope: Scope, at position: Position) throws -> Bool {
        try writer.transaction.replicas(of: replica.device).contains { try writer.transaction.wasInView($0.replica, scope, at: position) }
    }

    /// An order this replica created is in its reach before the server has put it into its view.
    private func isOwnOrder(_ scope: Scope) throws -> Bool {
        guard scope.kind == "order", let id = scope.id, let entity = schema["service_order"],
            let record = try writer.record(RecordKey(type: entity.type, id: id)), let number = entity["number"]
        else { return false }
        return record[number.id]?.version.stamp.replica == replica.replica
    }

    // MARK: Guards

    /// A guard on what the author does not hold fails without telling what stands there.
    private func failure(of condition: Guard, own: Set<Scope>) throws -> Remark? {
        let failed = Remark(
            code: "guard-failed", field: condition.field.rawValue, text: "The field was changed by somebody else since this was decided.",
            remedies: ["look at the present value and decide again"])
        guard let entity = schema[condition.key.type], let field = entity[condition.field] else { return failed }
        // An absent record answers as one that is there and out of reach.
        let record = try writer.record(condition.key)
        let view = RecordView(record ?? Record(key: condition.key), entity)
        guard try isReachable(entity.scopes(of: view), own: own, base: nil) else { return failed }
        let seen = Set(condition.seen.map(\.writeID))
        if view.versions(field).allSatisfy({ seen.contains($0.writeID) }) { return nil }
        return Remark(code: failed.code, field: failed.field, text: failed.text, serverValue: view[field.name], remedies: failed.remedies)
    }
}

extension Op {
    /// The record as this op alone would make or change it; its texts are left out.
    public func drafted(_ entity: Entity, by replica: ReplicaID, over former: Record? = nil) throws -> Record {
        var record = former ?? Record(key: key)
        let version = Version(stamp: Stamp(milliseconds: 0, counter: 0, replica: replica), sequence: 1)
        for write in writes {
            guard let field = entity[write.field], field.rule != .text else { continue }
            record.set(try Merge.apply(write, version: version, to: record[write.field], rule: field.rule, lattice: field.lattice).entry)
        }
        return record
    }
}
