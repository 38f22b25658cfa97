import TruckrollCore
import TruckrollDomain

extension DemoCompany {
    /// One record a standard; a single one when both say the same.
    func gases(_ index: Int) -> [RecordDraft] {
        let gas = Gases.all[index]
        var drafts = [draft(gas, gas.iec, source: Gases.iecSource, id: id(.gas, 2 * index), group: gas.group)]
        if gas.nfpa != gas.iec {
            drafts.append(draft(gas, gas.nfpa, source: Gases.nfpaSource, id: id(.gas, 2 * index + 1), group: nil))
        }
        return drafts
    }

    private func draft(_ gas: FlammableGas, _ limits: FlammableGas.Limits, source: String, id: RecordID, group: String?) -> RecordDraft {
        var fields: [String: Value] = [
            "cas": .text(gas.cas), "name": .text(gas.name), "formula": .text(gas.formula), "source": .text(source),
            "lfl_percent": .text(limits.lower), "ufl_percent": .text(limits.upper),
            "ignition_celsius": .integer(Int64(limits.ignition)),
        ]
        if let group { fields["gas_group"] = .text(group) }
        return RecordDraft("gas", id: id, fields)
    }

    /// The limit that 100 %LEL stands for at a site, and the standard it is from.
    func lowerLimit(of cas: String, byNFPA: Bool) -> (percent: String, source: String)? {
        guard let gas = Gases.gas(cas) else { return nil }
        return byNFPA && gas.nfpa != gas.iec ? (gas.nfpa.lower, Gases.nfpaSource) : (gas.iec.lower, Gases.iecSource)
    }
}
