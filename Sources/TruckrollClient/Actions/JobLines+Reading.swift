import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension LabourLine {
    init(_ view: RecordView, _ screen: ScreenReader, corrected: Set<RecordID>) throws {
        fact = try screen.fact(view, at: "started_at", by: "person")
        kind = view.text("kind") ?? ""
        seconds = Int(view.integer("seconds") ?? 0)
        remark = view.text("remark")
        isCorrected = corrected.contains(view.id)
    }
}

extension PartLine {
    init(_ view: RecordView, _ screen: ScreenReader, corrected: Set<RecordID>) throws {
        fact = try screen.fact(view)
        part = try view.reference("part").map { try screen.partName($0) } ?? ""
        quantity = view.quantity("quantity") ?? .zero
        unit = try view.reference("part").flatMap { try screen.reader.view("part", $0)?.text("unit") } ?? ""
        action = view.text("action") ?? ""
        serial = view.text("serial")
        lot = view.text("lot")
        from = try view.reference("from").map { try screen.locationName($0) }
        asset = try view.reference("asset").map { try screen.assetName($0) }
        isCorrected = corrected.contains(view.id)
    }
}

extension FindingLine {
    init(_ view: RecordView, _ screen: ScreenReader, corrected: Set<RecordID>) throws {
        fact = try screen.fact(view)
        asset = try view.reference("asset").map { try screen.assetName($0) }
        code = view.text("code")
        severity = view.text("severity") ?? ""
        text = view.text("text") ?? ""
        photos = (view["photos"].list ?? []).compactMap(\.bytes)
        isCorrected = corrected.contains(view.id)
    }
}

extension ReadingLine {
    init(_ view: RecordView, _ screen: ScreenReader, corrected: Set<RecordID>) throws {
        fact = try screen.fact(view)
        asset = try view.reference("asset").map { try screen.assetName($0) } ?? ""
        let channelView = try view.reference("channel").flatMap { try screen.reader.view("sensor_channel", $0) }
        channel = Int(channelView?.integer("number") ?? 0)
        gas = channelView?.text("gas_name") ?? ""
        kind = view.text("kind") ?? ""
        phase = view.text("phase") ?? ""
        point = view.text("point") ?? ""
        applied = view.text("applied") ?? ""
        indicated = view.text("indicated") ?? ""
        unit = view.text("unit") ?? ""
        cylinder = try view.reference("cylinder").map { try screen.cylinderNumber($0) }
        isCorrected = corrected.contains(view.id)
        corrects = view.reference("corrects")
    }
}

extension AttachmentLine {
    init(_ view: RecordView, _ screen: ScreenReader) throws {
        fact = try screen.fact(view, at: "taken_at")
        sha256 = view["sha256"].bytes ?? []
        mediaType = view.text("media_type") ?? ""
        size = Int(view.integer("size") ?? 0)
        caption = view.text("caption")
        let local = try screen.reader.attachment(sha256)
        isHere = local != nil
        isUploaded = view.boolean("stored") || (local?.isStored ?? false)
    }
}

extension SignatureLine {
    init(_ view: RecordView, _ screen: ScreenReader) throws {
        fact = try screen.fact(view)
        signer = view.text("signer") ?? ""
        role = view.text("role")
        meaning = view.text("meaning") ?? ""
        documentHash = view["document_hash"].bytes ?? []
    }
}

extension CertificateLine {
    init(_ view: RecordView, _ screen: ScreenReader, superseded: Set<RecordID>) throws {
        fact = try screen.fact(view, at: "issued_at")
        number = view.text("number") ?? ""
        revision = Int(view.integer("revision") ?? 0)
        assetID = view.reference("asset")
        asset = try assetID.map { try screen.assetName($0) }
        state = view.text("state")
        contentHash = view["content_hash"].bytes ?? []
        isSuperseded = superseded.contains(view.id) || view.text("state") == "superseded" || view.text("state") == "revoked"
    }
}

extension EventLine {
    init(_ view: RecordView, _ screen: ScreenReader) throws {
        fact = try screen.fact(view)
        event = view.text("event") ?? ""
        technician = try view.reference("technician").map { try screen.userName($0) }
        reason = view.text("reason")
        isEffective = view["effective"].boolean
        ruling = view.text("ruling")
        stateAfter = view.text("state_after")
        follows = [view.reference("after"), view.reference("seen")].compactMap { $0 }
    }
}

extension AppointmentLine {
    init(_ view: RecordView, _ screen: ScreenReader) throws {
        id = view.id
        technician = try view.reference("technician").map { try screen.userName($0) } ?? ""
        isMine = view.reference("technician") == screen.user
        starts = screen.time(view, "starts_at")
        ends = screen.time(view, "ends_at")
        isActive = view.text("state") == "active"
        endedBecause = view.text("ended_because")
    }
}

extension ExceptionLine {
    init(_ view: RecordView, _ screen: ScreenReader) throws {
        id = view.id
        kind = view.text("kind") ?? ""
        orderID = view.reference("order")
        order = try orderID.map { try screen.orderNumber($0) }
        text = view.text("text") ?? ""
        raisedAt = screen.time(view, "raised_at")
        isOpen = view.text("state") != "resolved"
        owner = view.text("owner")
    }
}

extension ReservationLine {
    init(_ view: RecordView, _ screen: ScreenReader) throws {
        fact = try screen.fact(view, by: "requested_by")
        part = try view.reference("part").map { try screen.partName($0) } ?? ""
        location = try view.reference("location").map { try screen.locationName($0) } ?? ""
        quantity = view.quantity("quantity") ?? .zero
        state = view.text("state") ?? "requested"
        answer = view.text("answer")
    }
}
