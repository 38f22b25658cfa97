import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

extension Fact {
    /// The members every fact has.
    public var members: [(String, JSONValue)] {
        [("id", .string(id.description)), ("at", .time(at)), ("by", .string(by)), ("where", .string(place.rawValue))]
    }

    /// The members every fact has, and more.
    public func with(_ more: [(String, JSONValue)]) -> JSONValue { .object(members + more) }
}

extension Job {
    /// Everything about the job.
    public var json: JSONValue {
        guard case .object(let head) = line.json else { return .null }
        return .object(
            head + [
                ("problem", .text(problem)), ("po_reference", .text(poReference)), ("tags", .texts(tags)),
                ("required_documents", .texts(requiredDocuments)),
                ("next", .texts(nextEvents.map(\.rawValue))), ("site_detail", siteJSON), ("customer_detail", customerJSON),
                (
                    "areas",
                    .array(areas.map { ["id": .string($0.id.description), "name": .string($0.name), "classification": .string($0.classification)] })
                ),
                ("assets", .array(assets.map(\.json))), ("tasks", .array(tasks.enumerated().map { $0.element.json($0.offset + 1) })),
                ("labour", .array(labour.map(\.json))), ("parts", .array(parts.map(\.json))), ("findings", .array(findings.map(\.json))),
                ("readings", .array(readings.map(\.json))),
                ("task_notes", .array(taskNotes.map(\.json))), ("notes", .array(notes.map(\.json))),
                ("attachments", .array(attachments.map(\.json))), ("signatures", .array(signatures.map(\.json))),
                ("certificates", .array(certificates.map(\.json))), ("lines", .array(orderLines.map(\.json))),
                ("reservations", .array(reservations.map(\.json))),
                ("labour_totals", labourTotals.json), ("part_totals", partTotals.json),
                ("appointments", .array(appointments.map(\.json))), ("exceptions", .array(exceptions.map(\.json))),
                (
                    "documents",
                    .array(
                        documents.map {
                            [
                                "title": .string($0.title), "edition": .text($0.edition), "kind": .string($0.kind), "model": .string($0.model),
                                "sha256": .text($0.sha256?.hexadecimal),
                            ]
                        })
                ),
                ("events", .array(events.map(\.json))),
            ])
    }

    private var siteJSON: JSONValue {
        guard let site else { return .null }
        return [
            "id": .string(site.id.description), "name": .string(site.name), "address": .texts(site.address), "contacts": .texts(site.contacts),
            "requirements": .texts(site.requirements), "access_windows": .texts(site.accessWindows),
        ]
    }

    private var customerJSON: JSONValue {
        guard let customer else { return .null }
        return [
            "id": .string(customer.id.description), "name": .string(customer.name), "address": .texts(customer.address),
            "contact": .text(customer.contact),
            "phone": .text(customer.phone),
        ]
    }
}

extension JobLine {
    /// The job as lists show it.
    public var json: JSONValue {
        [
            "id": .string(id.description), "number": .string(number), "title": .string(title), "kind": .string(kind),
            "priority": .text(priorities.last?.value), "priorities": .texts(priorities.map(\.value)), "state": .text(stateWord),
            "customer": .string(customer), "site": .string(site), "city": .text(city), "starts_at": .time(starts), "ends_at": .time(ends),
            "mine": .bool(isMine), "due_at": .time(dueAt), "open_tasks": .int(openTasks), "open_mandatory_tasks": .int(openMandatoryTasks),
            "waiting_sets": .int(waitingSets), "where": .string(place.rawValue),
        ]
    }
}

extension AssetCard {
    /// The asset with its channels and past.
    public var json: JSONValue {
        [
            "id": .string(id.description), "tag": .text(tag), "serial": .string(serial), "model": .string(model), "fitness": .text(fitness),
            "area": .text(area),
            "mounting": .text(mounting), "calibration_due": .text(calibrationDue), "where": .string(place.rawValue),
            "channels": .array(
                channels.map {
                    [
                        "id": .string($0.id.description), "number": .int($0.number), "gas": .string($0.gas), "unit": .string($0.unit),
                        "range_low": .text($0.rangeLow),
                        "range_high": .string($0.rangeHigh), "resolution": .string($0.resolution), "technology": .string($0.technology),
                        "lfl_percent": .texts($0.lfl.map(\.value)), "alarms": .texts($0.alarms), "sensor_expires": .text($0.sensorExpires),
                    ]
                }),
            "history": .array(
                history.map {
                    ["at": .time($0.at), "by": .string($0.by), "kind": .string($0.kind), "order": .string($0.order), "text": .string($0.text)]
                }),
        ]
    }
}

extension TaskLine {
    /// The task.
    ///
    /// - Parameter number: its place in the list, from 1.
    public func json(_ number: Int) -> JSONValue {
        fact.with([
            ("number", .int(number)), ("title", .string(title)), ("instructions", .text(instructions)), ("asset", .text(asset)),
            ("mandatory", .bool(isMandatory)),
            ("state", .string(state)), ("claimed_by", .texts(claimedBy)), ("answers", .texts(answers.map(\.value))), ("remark", .text(remark)),
            ("settled_by", .text(settled?.by)), ("settled_at", .time(settled?.at)),
        ])
    }
}

extension LabourLine {
    /// The entry.
    public var json: JSONValue {
        fact.with([("kind", .string(kind)), ("seconds", .int(seconds)), ("remark", .text(remark)), ("corrected", .bool(isCorrected))])
    }
}

extension PartLine {
    /// The use.
    public var json: JSONValue {
        fact.with([
            ("part", .string(part)), ("quantity", .string(quantity.description)), ("unit", .string(unit)), ("action", .string(action)),
            ("serial", .text(serial)),
            ("lot", .text(lot)), ("from", .text(from)), ("asset", .text(asset)), ("corrected", .bool(isCorrected)),
        ])
    }
}

extension FindingLine {
    /// The finding.
    public var json: JSONValue {
        fact.with([
            ("severity", .string(severity)), ("asset", .text(asset)), ("code", .text(code)), ("text", .string(text)),
            ("photos", .texts(photos.map(\.hexadecimal))),
            ("corrected", .bool(isCorrected)),
        ])
    }
}

extension ReadingLine {
    /// The reading.
    public var json: JSONValue {
        fact.with([
            ("asset", .string(asset)), ("channel", .int(channel)), ("gas", .string(gas)), ("kind", .string(kind)), ("phase", .string(phase)),
            ("point", .string(point)), ("applied", .string(applied)), ("indicated", .string(indicated)), ("unit", .string(unit)),
            ("cylinder", .text(cylinder)),
            ("corrected", .bool(isCorrected)), ("corrects", .text(corrects?.description)),
        ])
    }
}

extension AttachmentLine {
    /// The file.
    public var json: JSONValue {
        fact.with([
            ("sha256", .string(sha256.hexadecimal)), ("media_type", .string(mediaType)), ("size", .int(size)), ("caption", .text(caption)),
            ("bytes_here", .bool(isHere)),
            ("bytes_stored", .bool(isUploaded)),
        ])
    }
}

extension SignatureLine {
    /// The signature.
    public var json: JSONValue {
        fact.with([
            ("signer", .string(signer)), ("role", .text(role)), ("meaning", .string(meaning)), ("document_hash", .string(documentHash.hexadecimal)),
        ])
    }
}

extension CertificateLine {
    /// The certificate in short.
    public var json: JSONValue {
        fact.with([
            ("number", .string(number)), ("revision", .int(revision)), ("asset", .text(asset)), ("state", .text(state)),
            ("content_hash", .string(contentHash.hexadecimal)), ("superseded", .bool(isSuperseded)),
        ])
    }
}

extension ReservationLine {
    /// The reservation.
    public var json: JSONValue {
        fact.with([
            ("part", .string(part)), ("location", .string(location)), ("quantity", .string(quantity.description)), ("state", .string(state)),
            ("answer", .text(answer)),
        ])
    }
}

extension AppointmentLine {
    /// The appointment.
    public var json: JSONValue {
        [
            "id": .string(id.description), "technician": .string(technician), "mine": .bool(isMine), "starts_at": .time(starts),
            "ends_at": .time(ends),
            "active": .bool(isActive), "ended_because": .text(endedBecause),
        ]
    }
}

extension ExceptionLine {
    /// The case.
    public var json: JSONValue {
        [
            "id": .string(id.description), "kind": .string(kind), "order": .text(order), "order_id": .text(orderID?.description),
            "text": .string(text), "raised_at": .time(raisedAt),
            "open": .bool(isOpen),
            "owner": .text(owner),
        ]
    }
}

extension EventLine {
    /// The step.
    public var json: JSONValue {
        fact.with([
            ("event", .string(event)), ("reason", .text(reason)), ("effective", isEffective.map { .bool($0) } ?? .null), ("ruling", .text(ruling)),
            ("state_after", .text(stateAfter)),
        ])
    }
}

extension NoteLine {
    /// The remark.
    public var json: JSONValue { fact.with([("text", .string(text))]) }
}

extension TaskNotes {
    /// The text with its task.
    public var json: JSONValue { ["task": .string(task.description), "title": .text(title), "text": .string(text)] }
}
