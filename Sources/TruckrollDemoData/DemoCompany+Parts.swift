import TruckrollCore
import TruckrollDomain

/// A part as the catalogue knows it, whether it is written down above or made from its number.
struct CataloguePart: Sendable {
    let maker: Maker
    let number: String
    let part: CuratedPart
}

extension DemoCompany {
    func cataloguePart(_ index: Int) -> CataloguePart {
        if index < CuratedParts.all.count {
            let part = CuratedParts.all[index]
            let maker = part.fits.first?.model.maker ?? .lechtal
            return CataloguePart(maker: maker, number: "\(maker.prefix)-\(1000 + index)", part: part)
        }
        var (family, status, random) = generated(index)
        let model = random.pick(family.fits)
        let name = "\(family.noun) \(random.pick(family.sizes)), \(random.pick(family.finishes))"
        // The nearest earlier one of its family that can still be ordered takes its place.
        let replacement =
            status == "superseded"
            ? (CuratedParts.all.count..<index).suffix(80).last {
                let other = generated($0)
                return other.family.noun == family.noun && other.status == "active"
            } : nil
        if status == "superseded" && replacement == nil { status = "discontinued" }
        let part = CuratedPart(
            name, unit: family.unit, family.tracking, fits: [model], un: family.unNumber, status: status, replacedBy: replacement)
        return CataloguePart(maker: model.model.maker, number: "\(model.model.maker.prefix)-\(20_000 + index)", part: part)
    }

    private func generated(_ index: Int) -> (family: PartFamily, status: String, random: SeededRandom) {
        var random = random(.part, index)
        let family = random.pick(PartFamily.all)
        let draw = random.number(below: 100)
        return (family, draw < 5 ? "superseded" : draw < 7 ? "discontinued" : "active", random)
    }

    /// The part and the models its maker allows it in.
    func part(_ index: Int) -> [RecordDraft] {
        let entry = cataloguePart(index)
        var random = SeededRandom(seed: seed, .part, index, purpose: 2)
        var fields: [String: Value] = [
            "number": .text(entry.number), "gtin": .text(Self.gtin(entry.maker, index)), "name": .text(entry.part.name),
            "unit": .text(entry.part.unit), "serialised": .boolean(entry.part.tracking == .serial),
            "lot_tracked": .boolean(entry.part.tracking == .lot), "status": .text(entry.part.status),
            "safety_stock": .text("\(random.number(in: 0...3))"),
        ]
        if let replacement = entry.part.replacedBy { fields["replaced_by"] = reference(.part, replacement) }
        if !entry.part.unNumber.isEmpty { fields["un_number"] = .text(entry.part.unNumber) }
        // The story takes the last one, so none of it may be kept back.
        if index == CuratedParts.lastUnit { fields["safety_stock"] = .text("0") }
        let approvals = entry.part.fits.enumerated().map { place, model in
            approval(index, place, model, limited: random.chance(15))
        }
        return [RecordDraft("part", id: id(.part, index), fields)] + approvals + certificates(ofPart: index)
    }

    /// Pieces for use in hazardous areas are certified for Europe and, until somebody renews it, for Great Britain.
    private func certificates(ofPart index: Int) -> [RecordDraft] {
        guard index < CuratedParts.all.count, CuratedParts.all[index].tracking == .serial,
            let model = CuratedParts.all[index].fits.first?.model, !model.marking.isEmpty
        else { return [] }
        let number = String(model.certificate.split(separator: " ").dropFirst().joined(separator: " "))
        let end = CalendarDate(daysSince1970: startDay.daysSince1970 + 60)
        return [("ATEX", nil), ("IECEx", nil), ("UKEX", end)].enumerated().map { place, entry in
            let (scheme, last): (String, CalendarDate?) = entry
            return RecordDraft(
                "type_certificate", id: id(.typeCertificate, index * 4 + place),
                [
                    "part": reference(.part, index), "scheme": .text(scheme), "number": .text("\(scheme) \(number)"),
                    "marking": .text(model.marking), "valid_to": last.map { .date($0) } ?? .null,
                ].filter { $0.value != .null })
        }
    }

    /// What the maker lists to calibrate units of a model with.
    private func gases(ofModel index: Int) -> [RecordDraft] {
        guard ModelCode(rawValue: index) == .pellistor else { return [] }
        let methane = CylinderKind.all[CylinderKind.methane]
        return [
            RecordDraft(
                "gas_approval", id: id(.gasApproval, index),
                [
                    "model": reference(.model, index), "cas": .text(methane.cas), "concentration_from": .text("2.0"),
                    "concentration_to": .text("2.5"), "unit": .text(methane.unit), "balance_gas": .text(methane.balance),
                    "flow_from": .text("0.3"), "flow_to": .text("1.0"),
                ])
        ]
    }

    private func approval(_ part: Int, _ place: Int, _ model: ModelCode, limited: Bool) -> RecordDraft {
        var fields: [String: Value] = ["part": reference(.part, part), "model": reference(.model, model.rawValue)]
        if limited && part >= CuratedParts.all.count { fields["serial_from"] = .text("\(model.model.serialPrefix)19-000000") }
        return RecordDraft("part_approval", id: id(.approval, part * 8 + place), fields)
    }

    /// A GTIN-13 from the range 29, which GS1 leaves to companies for use among themselves.
    static func gtin(_ maker: Maker, _ index: Int) -> String {
        let body = "29\(maker.rawValue + 1)\(padded(index + 1, 9))"
        let sum = body.utf8.enumerated().reduce(0) { sum, digit in
            sum + Int(digit.element - 0x30) * (digit.offset.isMultiple(of: 2) ? 1 : 3)
        }
        return body + "\((10 - sum % 10) % 10)"
    }

    /// The model and the papers about it.
    func model(_ index: Int) -> [RecordDraft] {
        let model = EquipmentModel.all[index]
        var fields: [String: Value] = [
            "maker": .text(model.maker.name), "name": .text(model.name), "kind": .text(model.kind), "procedure": .text(model.procedure),
            "calibration_interval_days": .integer(Int64(model.intervalDays)),
        ]
        if !model.marking.isEmpty {
            fields["ex_marking"] = .text(model.marking)
            fields["ex_certificate"] = .text(model.certificate)
        }
        var papers: [(kind: String, title: String)] = [
            ("manual", "\(model.name): operating manual"), ("procedure", "\(model.name): calibration, \(model.procedure)"),
        ]
        papers.append(
            model.marking.isEmpty
                ? ("drawing", "\(model.name): terminal diagram") : ("safety_sheet", "\(model.name): Ex safety instructions"))
        let documents = papers.enumerated().map { place, paper in
            RecordDraft(
                "document", id: id(.document, index * 4 + place),
                [
                    "model": reference(.model, index), "title": .text(paper.title), "kind": .text(paper.kind),
                    "edition": .text("\(2018 + (index + place) % 8)-\(padded(1 + (index * 5 + place) % 12, 2))"),
                ])
        }
        return [RecordDraft("asset_model", id: id(.model, index), fields)] + documents + gases(ofModel: index)
    }
}
