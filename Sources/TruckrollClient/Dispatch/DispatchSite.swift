import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension DeviceClient {
    /// Suspends a permit, or lifts its suspension.
    public func dispatchPermit(_ permit: RecordID, isActive: Bool, because reason: String) throws -> DispatchTicket {
        let (_, set) = try commit(isActive ? "lift-permit" : "suspend-permit") { editor in
            guard let field = try schema.entity("permit")["state"] else { return }
            _ = try editor.setSafety(.text(isActive ? "active" : "suspended"), of: field, "permit", permit)
            try editor.patch("permit", permit, ["note": .text(reason)])
        }
        return DispatchTicket(record: permit, set: try written(set))
    }

    /// Says what a site asks of whoever works there.
    ///
    /// - Parameters:
    ///   - permits: kinds that are needed from now on, and those that are not any more.
    ///   - qualifications: schemes, likewise.
    public func dispatchSite(
        _ site: RecordID, permits: (added: [PermitKind], removed: [PermitKind]), qualifications: (added: [String], removed: [String])
    ) throws -> DispatchTicket {
        let (_, set) = try commit("site") { editor in
            for (field, texts, op) in [
                ("permits_needed", permits.added.map(\.rawValue), MergeOp.add), ("permits_needed", permits.removed.map(\.rawValue), .remove),
                ("qualifications_needed", qualifications.added, .add), ("qualifications_needed", qualifications.removed, .remove),
            ] {
                for text in texts { try editor.change("site", site, field, element: .text(text), op: op) }
            }
        }
        return DispatchTicket(record: site, set: try written(set))
    }
}
