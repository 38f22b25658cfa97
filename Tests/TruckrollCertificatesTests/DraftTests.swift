import Testing
import TruckrollDomain

struct DraftTests {
    /// The names of the errors of the usual draft after a change.
    private func errors(_ change: (inout CertificateDraft) throws -> Void) throws -> Set<CertificateProblem.Code> {
        var draft = try Samples.draft()
        try change(&draft)
        let problems = draft.problems()
        #expect(problems.allSatisfy { !$0.message.isEmpty && !$0.remedy.isEmpty })
        let errors = Set(problems.filter { $0.severity == .error }.map(\.code))
        #expect((try? draft.freeze()) == nil || errors.isEmpty, "an error has to refuse freezing")
        return errors
    }

    @Test("freezes a draft without errors, and reads the content back")
    func freezes() throws {
        #expect(try errors { _ in }.isEmpty)
        let content = try Samples.content()
        let bytes = content.canonicalBytes
        #expect(try CertificateContent(canonicalBytes: bytes).canonicalBytes == bytes)
        #expect(content.outcome == .conditionalPass)
        #expect(content.channels[0].points[1].asFound?.error == "-7")
        #expect(content.channels[0].points[1].asFound?.verdict == .fail)
        #expect(content.references.count == 4)
        #expect(content.isAcceptanceBound)
    }

    @Test("I11 refuses gas that is expired, not yet certified, withdrawn, unknown, unnamed or another")
    func gas() throws {
        #expect(try errors { $0.cylinders[0].gas.expiresOn = "2026-11-19" } == [.gasExpired])
        #expect(try errors { $0.cylinders[0].gas.expiresOn = "2026-11-20" }.isEmpty)
        #expect(try errors { $0.cylinders[0].certifiedOn = "2026-11-21" } == [.gasNotYetCertified])
        #expect(try errors { $0.cylinders[0].isWithdrawn = true } == [.gasWithdrawn])
        #expect(try errors { $0.cylinders[0].gas.cas = "74-98-6" } == [.gasOfOtherComponent])
        #expect(try errors { $0.cylinders[0].gas.concentration = "0" } == [.gasMalformed])
        #expect(try errors { $0.cylinders.remove(at: 0) } == [.gasUnknown])
        #expect(try errors { $0.readings[3].cylinder = nil } == [.gasMissing])
    }

    @Test("I11 names every reading that a result rests on, and remarks on those that were repeated or only tests")
    func gasOfReadings() throws {
        func problems(_ kind: CalibrationReading.Kind, _ phase: CalibrationReading.Phase, _ time: String) throws -> [CertificateProblem] {
            var draft = try Samples.draft()
            var old = draft.cylinders[0]
            old.gas.cylinder = "CYL-OLD"
            old.gas.expiresOn = "2026-06-30"
            draft.cylinders.append(old)
            draft.readings.append(
                CalibrationReading(
                    channel: 1, kind: kind, phase: phase, point: .span, applied: "50", indicated: "50", unit: .percentLEL, cylinder: "CYL-OLD",
                    at: Samples.at(time)))
            return draft.problems()
        }
        let adjusted = try problems(.full, .adjusted, "10:15")
        #expect(adjusted.map(\.code) == [.gasExpired] && adjusted.map(\.severity) == [.error])
        #expect(adjusted.first?.message.contains("for the adjusted span of channel 1") == true)
        let repeated = try problems(.full, .asLeft, "10:30")
        #expect(repeated.map(\.code) == [.gasExpired] && repeated.map(\.severity) == [.warning])
        #expect(repeated.first?.message.contains("CYL-OLD") == true && repeated.first?.message.contains("as-left span of channel 1") == true)
        #expect(try problems(.bump, .asFound, "09:00").map(\.severity) == [.warning])
        #expect(try problems(.full, .asLeft, "11:20").map(\.severity) == [.error])
    }

    @Test("I12 refuses an adjustment without as found, and a mandatory channel without as left")
    func presence() throws {
        #expect(try errors { $0.readings.remove(at: 1) } == [.asFoundMissing])
        // Channel 2 was not adjusted: what it read before is not needed.
        #expect(try errors { $0.readings.removeAll { $0.channel == 2 && $0.phase == .asFound } }.isEmpty)
        #expect(try errors { $0.readings.remove(at: 7) } == [.asLeftMissing])
        let optional = try errors {
            $0.readings.removeAll { $0.channel == 2 }
            $0.channels[1].channel.isMandatory = false
        }
        #expect(optional.isEmpty)
    }

    @Test("I13 refuses phases that do not follow one another")
    func order() throws {
        #expect(try errors { $0.readings[1].at = Samples.at("10:20") } == [.phasesOutOfOrder])
        #expect(try errors { $0.readings[3].at = Samples.at("10:15") } == [.phasesOutOfOrder])
        // One instant in two offsets is still one instant.
        #expect(try errors { $0.readings[3].at = "2026-11-20T09:15:00Z" } == [.phasesOutOfOrder])
    }

    @Test("I14 refuses a failed test that nothing followed")
    func followUp() throws {
        func bump(_ draft: inout CertificateDraft, at time: String) {
            draft.readings.append(
                CalibrationReading(
                    channel: 2, kind: .bump, phase: .asFound, point: .span, applied: "100", indicated: "0",
                    unit: .partsPerMillion, cylinder: "CYL-4410", at: Samples.at(time), hasResponded: false))
        }
        #expect(try errors { bump(&$0, at: "09:00") }.isEmpty)
        #expect(try errors { bump(&$0, at: "11:20") } == [.failureNotFollowed])
        let quarantined = try errors {
            bump(&$0, at: "11:20")
            $0.particulars.leftInService = false
        }
        #expect(quarantined.isEmpty)
        #expect(try errors { $0.readings[3].indicated = "60" } == [.failedInService])
    }

    @Test("I16 refuses an acceptance of another content")
    func acceptance() throws {
        let changed = try errors {
            $0.particulars.acceptance = try Samples.acceptance(of: $0)
            $0.readings[3].indicated = "49"
        }
        #expect(changed == [.acceptanceOfOtherContent])
    }

    @Test(
        "a next calibration comes after this one; nobody has to name one",
        arguments: [("2020-01-01", false), (Samples.day, false), ("2026-11-21", true), (nil, true)])
    func nextCalibration(day: String?, isTaken: Bool) throws {
        #expect(try errors { $0.particulars.nextCalibration = day } == (isTaken ? [] : [.nextCalibrationTooEarly]))
    }

    @Test("refuses units, digits, bases, tolerances, dates and texts that do not hold together")
    func rest() throws {
        #expect(try errors { $0.channels[0].channel.lfl = nil } == [.lflBasisMissing])
        #expect(
            try errors {
                $0.channels[1].tolerancePercent = nil
                $0.channels[1].toleranceMinimum = nil
            }.contains(.toleranceMissing))
        #expect(try errors { $0.readings[3].indicated = "50.5" } == [.digitsBeyondResolution])
        #expect(try errors { $0.readings[3].unit = .partsPerMillion } == [.unitDiffers])
        #expect(try errors { $0.readings[3].indicated = "1e2" }.contains(.malformed))
        #expect(try errors { $0.readings[3].channel = 9 }.contains(.malformed))
        #expect(try errors { $0.channels[1].channel.number = 1 }.contains(.malformed))
        #expect(try errors { $0.particulars.issued = Samples.at("11:09") } == [.issuedTooEarly])
        #expect(try errors { $0.particulars.issued = "yesterday" } == [.malformed])
        #expect(try errors { $0.particulars.technician.validUntil = "2026-11-19" } == [.qualificationExpired])
        #expect(try errors { $0.particulars.level = .accredited }.contains(.accreditationInconsistent))
        #expect(try errors { $0.particulars.revision = 1 } == [.supersessionInconsistent])
        #expect(try errors { $0.readings = [] }.contains(.resultsMissing))
        for text in ["", "  ", "a\u{0}b", "a\u{202E}b", "a\rb", String(repeating: "x", count: 4001)] {
            #expect(try errors { $0.particulars.item.serial = text } == [.malformed])
        }
    }

    @Test("warns when the applied value does not follow from the cylinder")
    func applied() throws {
        var draft = try Samples.draft()
        draft.channels[0].channel.lfl = LFLBasis(percentVolume: "5.0", source: "NFPA 497")
        #expect(draft.problems().map(\.code) == [.appliedDiffers])
        #expect(try draft.freeze().channels[0].lfl?.percentVolume == "5.0")
    }

    @Test("refuses content with unknown, missing or wrong fields")
    func strictContent() throws {
        let text = String(decoding: try Samples.content().canonicalBytes, as: UTF8.self)
        let changes: [(String, String, ContentProblem)] = [
            (#""accreditation":null,"#, "", .missing(path: "accreditation")),
            (#""accreditation":null,"#, #""accreditation":null,"acknowledged":true,"#, .unknown(path: "acknowledged")),
            (#""level":"traceable""#, #""level":"golden""#, .malformed(path: "level")),
            (#""revision":0,"#, #""revision":-1,"#, .malformed(path: "revision")),
            ("truckroll/certificate/1", "truckroll/certificate/2", .unknownFormat("truckroll/certificate/2")),
            (#""error":"-7""#, #""error":"-7e0""#, .malformed(path: "channels[0].points[1].as_found.error")),
        ]
        for (old, new, problem) in changes {
            let bytes = Array(text.replacing(old, with: new, maxReplacements: 1).utf8)
            #expect(throws: problem) { try CertificateContent(canonicalBytes: bytes) }
        }
    }
}
