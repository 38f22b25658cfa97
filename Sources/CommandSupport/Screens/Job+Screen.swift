import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

extension Job {
    /// The job without its lists.
    public var head: KeyValueBlock {
        var block = KeyValueBlock(title: "\(line.number)  \(line.title)")
        block.add("state", Words.state(line.state, line.stateWord))
        block.add("kind", StyledText(line.kind))
        block.add("priority", Words.priority(line.priorities))
        block.add("appointment", StyledText(Words.span(line.starts, line.ends) + (line.isMine ? "" : line.starts == nil ? "" : " (a colleague's)")))
        block.add("due", StyledText(Words.clock(line.dueAt)))
        block.add("problem", StyledText(problem ?? ""))
        block.add("your order", StyledText(poReference ?? ""))
        for link in links { block.add(link.isEarlier ? "follows" : "followed by", StyledText(link.words)) }
        block.add("tags", StyledText(tags.joined(separator: ", ")))
        block.add("documents due", StyledText(requiredDocuments.map { Words.spaced($0) }.joined(separator: ", ")))
        block.add("next", StyledText(nextEvents.map { $0.rawValue.replacing("_", with: "-") }.joined(separator: ", "), .cyan))
        block.add(
            "where",
            Sign.text(line.place)
                + StyledText(line.waitingSets > 0 ? " (\(line.waitingSets.counted("set")) wait\(line.waitingSets == 1 ? "s" : ""))" : ""))
        block.section("Site")
        block.add("name", StyledText(site?.name ?? line.site))
        block.add("address", StyledText(site?.address.joined(separator: ", ") ?? ""))
        for contact in site?.contacts ?? [] { block.add("contact", StyledText(contact)) }
        for requirement in site?.requirements ?? [] { block.add("demands", StyledText(requirement, .yellow)) }
        for kind in site?.permitsNeeded ?? [] { block.add("permit", StyledText(Words.spaced(kind), .yellow)) }
        for scheme in site?.qualificationsNeeded ?? [] { block.add("qualified", StyledText(scheme, .yellow)) }
        for window in site?.accessWindows ?? [] { block.add("open", StyledText(AccessWindow.words(window))) }
        for area in areas { block.add("area", StyledText(area.summary)) }
        block.section("Customer")
        block.add("name", StyledText(customer?.name ?? line.customer))
        block.add("contact", StyledText([customer?.contact, customer?.phone].compactMap { $0 }.joined(separator: ", ")))
        for exception in exceptions where exception.isOpen {
            block.add("open case", StyledText("\(Words.spaced(exception.kind)): \(exception.text)", .red))
        }
        return block
    }

    /// Its lists, in the order of a screen.
    public var tables: [(String, Table)] {
        [("Tasks", taskTable), ("Notes on tasks", taskNotesTable), ("Assets", assetTable), ("Channels", channelTable)] + recorded + [
            ("People", appointmentTable), ("Documents", documentTable), ("Past of the assets", historyTable),
        ]
    }

    /// What was recorded on it, in the order of a screen.
    public var recorded: [(String, Table)] {
        [
            ("Readings", readingTable), ("Findings", findingTable), ("Labour", labourTable), ("Parts", partTable), ("To bring", orderLines.table),
            ("Reservations", reservationTable), ("Notes", noteTable), ("Files", attachmentTable), ("Signatures", signatureTable),
            ("Certificates", certificateTable),
        ]
    }

    private func table(_ columns: [Table.Column]) -> Table { Table(columns, emptyText: "") }
    private func corrected(_ text: String, _ isCorrected: Bool) -> StyledText {
        StyledText(text + (isCorrected ? " (corrected)" : ""), isCorrected ? .dim : .plain)
    }
    /// What `--corrects` takes.
    private func id(_ fact: Fact) -> StyledText { StyledText(fact.id.short, .dim) }

    /// Its steps, numbered as commands take them.
    public var taskTable: Table {
        var table = table([
            .init("#", .right), .init(""), .init("Task", .left, .wraps(minimum: 18)), .init("Asset"), .init("Answer", .left, .wraps(minimum: 10)),
            .init("Who"), .init("Where"),
        ])
        for (index, task) in tasks.enumerated() {
            let mark: StyledText =
                task.state == "done"
                ? StyledText("✓", .green) : task.state == "not_applicable" ? StyledText("–", .dim) : task.isMandatory ? StyledText("▢", .bold) : "·"
            // Made by a newer app.
            let unknown = TaskState(rawValue: task.state) == nil ? " [\(Words.unknown(task.state))]" : ""
            let answers = task.answers.map(\.value).joined(separator: " ⟷ ")
            table.addRow(
                "\(index + 1)", mark,
                StyledText(task.title + unknown + (task.isMandatory ? "" : " (optional)") + (task.remark.map { " — \($0)" } ?? "")),
                StyledText(task.asset ?? ""),
                StyledText(answers, task.answers.count > 1 ? [.bold, .yellow] : .plain),
                StyledText(task.settled?.by ?? task.claimedBy.joined(separator: ", ")),
                Sign.text(task.fact.place))
        }
        return table
    }

    /// What people wrote on its tasks.
    public var taskNotesTable: Table {
        var table = table([
            .init("#", .right), .init("Task", .left, .truncates(minimum: 14)), .init("Notes", .left, .wraps(minimum: 20)), .init("Where"),
        ])
        for notes in taskNotes {
            let index = tasks.firstIndex { $0.fact.id == notes.task }
            table.addRow(
                index.map { "\($0 + 1)" } ?? "", notes.title.map { StyledText($0) } ?? StyledText("a task that was deleted", .dim),
                StyledText(notes.text),
                Sign.text(notes.place))
        }
        return table
    }

    private var assetTable: Table {
        var table = table([
            .init("Tag"), .init("Serial"), .init("Model", .left, .truncates(minimum: 10)), .init("Fitness"), .init("Due"),
            .init("Area", .left, .wraps(minimum: 12)), .init("Mounting", .left, .wraps(minimum: 10)), .init("Where"),
        ])
        for asset in assets {
            let isFit = ["in_service", "due", nil].contains(asset.fitness)
            table.addRow(
                StyledText(asset.tag ?? "", .bold), StyledText(asset.serial), StyledText(asset.model),
                StyledText(Words.spaced(asset.fitness ?? ""), isFit ? .plain : .red),
                StyledText(asset.calibrationDue ?? ""), StyledText(asset.area ?? ""), StyledText(asset.mounting ?? ""), Sign.text(asset.place))
        }
        return table
    }

    private var channelTable: Table {
        var table = table([
            .init("Asset"), .init("Ch", .right), .init("Gas"), .init("Range"), .init("Step", .right), .init("Alarms"), .init("100 %LEL"),
            .init("Technology"), .init("Sensor until"),
        ])
        for asset in assets {
            for channel in asset.channels {
                table.addRow(
                    StyledText(asset.name), "\(channel.number)", StyledText(channel.gas),
                    "\(channel.rangeLow ?? "0")–\(channel.rangeHigh) \(channel.unit)",
                    StyledText(channel.resolution), StyledText(channel.alarms.joined(separator: " / ")),
                    StyledText(
                        channel.unit == "%LEL" ? channel.lfl.map { "\($0.value) %vol" }.joined(separator: " ⟷ ") : "",
                        channel.lfl.count > 1 ? [.bold, .yellow] : .plain),
                    StyledText(channel.technology), StyledText(channel.sensorExpires ?? ""))
            }
        }
        return table
    }

    private var readingTable: Table {
        var table = table([
            .init("Asset"), .init("Ch", .right), .init("Phase"), .init("Point"), .init("Applied", .right), .init("Indicated", .right), .init("Unit"),
            .init("Cylinder"), .init("When"), .init("By"), .init("Where"), .init("Id"),
        ])
        for reading in readings {
            table.addRow(
                StyledText(reading.asset), "\(reading.channel)",
                corrected(Words.spaced(reading.phase) + (reading.corrects.map { " for \($0.short)" } ?? ""), reading.isCorrected),
                StyledText(reading.point), StyledText(reading.applied),
                StyledText(reading.indicated), StyledText(reading.unit), StyledText(reading.cylinder ?? ""), StyledText(Words.clock(reading.fact.at)),
                StyledText(reading.fact.by), Sign.text(reading.fact.place), id(reading.fact))
        }
        return table
    }

    private var findingTable: Table {
        var table = table([
            .init("Severity"), .init("Asset"), .init("Finding", .left, .wraps(minimum: 20)), .init("Photos", .right), .init("When"), .init("By"),
            .init("Where"), .init("Id"),
        ])
        for finding in findings {
            table.addRow(
                StyledText(finding.severity, finding.severity == "dangerous" ? [.bold, .red] : .plain), StyledText(finding.asset ?? ""),
                corrected(finding.text, finding.isCorrected),
                "\(finding.photos.count)", StyledText(Words.clock(finding.fact.at)), StyledText(finding.fact.by), Sign.text(finding.fact.place),
                id(finding.fact))
        }
        return table
    }

    private var labourTable: Table {
        var table = table([
            .init("Kind"), .init("Time", .right), .init("From"), .init("Who"), .init("Remark", .left, .wraps(minimum: 10)), .init("Where"),
            .init("Id"),
        ])
        for entry in labour {
            table.addRow(
                corrected(entry.kind, entry.isCorrected), StyledText(Words.duration(entry.seconds)), StyledText(Words.clock(entry.fact.at)),
                StyledText(entry.fact.by),
                StyledText(entry.remark ?? ""), Sign.text(entry.fact.place), id(entry.fact))
        }
        if labour.count > 1 { table.footer = StyledText(labourTotals.words, .bold) }
        return table
    }

    private var partTable: Table {
        var table = table([
            .init("Part", .left, .truncates(minimum: 14)), .init("Qty", .right), .init("What"), .init("Serial or lot"), .init("From"), .init("Asset"),
            .init("By"), .init("Where"), .init("Id"),
        ])
        for part in parts {
            table.addRow(
                corrected(part.part, part.isCorrected), "\(part.quantity) \(part.unit)", StyledText(part.action),
                StyledText(part.serial ?? part.lot ?? ""),
                StyledText(part.from ?? ""), StyledText(part.asset ?? ""), StyledText(part.fact.by), Sign.text(part.fact.place), id(part.fact))
        }
        return table
    }

    private var reservationTable: Table {
        var table = table([
            .init("Part"), .init("Qty", .right), .init("At"), .init("State"), .init("Answer", .left, .wraps(minimum: 14)), .init("Where"),
        ])
        for line in reservations {
            table.addRow(
                StyledText(line.part), "\(line.quantity)", StyledText(line.location), StyledText(line.state), StyledText(line.answer ?? ""),
                Sign.text(line.fact.place))
        }
        return table
    }

    private var noteTable: Table {
        var table = table([.init("Note", .left, .wraps(minimum: 20)), .init("When"), .init("By"), .init("Where")])
        for note in notes {
            table.addRow(StyledText(note.text), StyledText(Words.clock(note.fact.at)), StyledText(note.fact.by), Sign.text(note.fact.place))
        }
        return table
    }

    private var attachmentTable: Table {
        var table = table([
            .init("File", .left, .truncates(minimum: 12)), .init("Type"), .init("Bytes", .right), .init("SHA-256"), .init("Bytes are"),
            .init("Where"),
        ])
        for file in attachments {
            let bytes: StyledText = file.isUploaded ? Sign.text(.stored) : file.isHere ? Sign.text(.onDevice) : "not here"
            table.addRow(
                StyledText(file.caption ?? ""), StyledText(file.mediaType), "\(file.size)", StyledText(String(file.sha256.hexadecimal.prefix(12))),
                bytes, Sign.text(file.fact.place))
        }
        return table
    }

    private var signatureTable: Table {
        var table = table([.init("Name"), .init("Role"), .init("Meaning"), .init("When"), .init("Shown document"), .init("Where")])
        for line in signatures {
            table.addRow(
                StyledText(line.signer), StyledText(line.role ?? ""), StyledText(line.meaning), StyledText(Words.clock(line.fact.at)),
                StyledText(String(line.documentHash.hexadecimal.prefix(16))), Sign.text(line.fact.place))
        }
        return table
    }

    private var certificateTable: Table {
        var table = table([.init("Number"), .init("Asset"), .init("Rev", .right), .init("State"), .init("Issued"), .init("By"), .init("Where")])
        for line in certificates {
            table.addRow(
                StyledText(line.number, line.isSuperseded ? .dim : .bold), StyledText(line.asset ?? ""), "\(line.revision)",
                StyledText(line.isSuperseded ? "superseded" : line.state ?? "final here"), StyledText(Words.clock(line.fact.at)),
                StyledText(line.fact.by), Sign.text(line.fact.place))
        }
        return table
    }

    private var appointmentTable: Table {
        var table = table([.init("Technician"), .init("When"), .init("State"), .init("Why", .left, .wraps(minimum: 10))])
        for line in appointments {
            table.addRow(
                StyledText(line.technician + (line.isMine ? " (you)" : "")), StyledText(Words.span(line.starts, line.ends)),
                StyledText(line.isActive ? "active" : "ended", line.isActive ? .plain : .dim),
                StyledText(line.endedBecause ?? ""))
        }
        return table
    }

    private var documentTable: Table {
        var table = table([.init("Document", .left, .truncates(minimum: 14)), .init("Edition"), .init("Kind"), .init("Model")])
        for line in documents {
            table.addRow(StyledText(line.title), StyledText(line.edition ?? ""), StyledText(Words.spaced(line.kind)), StyledText(line.model))
        }
        return table
    }

    private var historyTable: Table {
        var table = table([.init("Asset"), .init("When"), .init("Job"), .init("What", .left, .wraps(minimum: 20)), .init("By")])
        for asset in assets {
            for line in asset.history.prefix(5) {
                table.addRow(
                    StyledText(asset.name), StyledText(Words.clock(line.at)), StyledText(line.order), StyledText(line.text), StyledText(line.by))
            }
        }
        return table
    }
}
