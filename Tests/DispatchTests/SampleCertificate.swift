import TruckrollDomain

/// A calibration of one channel, made up of valid parts.
enum SampleCertificate {
    static func content() throws -> CertificateContent {
        let particulars = CertificateParticulars(
            number: try CertificateNumber(parsing: "ACME-2026-D4-000001"),
            issuer: CertificateParty(name: "ACME", address: ["Hafen 1", "Linz"], contact: "+43 1", reference: nil),
            customer: CertificateParty(name: "Refinery Ltd", address: ["North 1", "Linz"], contact: "Ms K.", reference: "PO-1"),
            place: PlaceOfWork(site: "North", area: "Pump room", zone: "Zone 1, IIC T3", mounting: "Column 4"),
            method: CalibrationMethod(procedure: "Maker's manual §7", revision: "2025-03", standard: "IEC 60079-29-2:2015 (as guidance)"),
            item: CalibratedItem(
                maker: "Stavn", model: "E330", serial: "GD4-1", tag: "AT-1", firmware: "3.8", exMarking: "II 2G Ex db IIC T6 Gb",
                exCertificate: "IECEx XYZ 19.0042X", conditionAsReceived: "Clean, no damage."),
            issued: "2026-11-20T11:40:00+01:00",
            conditions: CalibrationConditions(
                temperature: "18.4", humidity: "52", pressure: "1013", flow: "0.5", exposureSeconds: 120, areEstimated: false),
            technician: CertifiedTechnician(
                name: "Anna Weber", role: "Service technician", qualification: "IECEx CoPC, unit Ex 001", qualificationNumber: "IECEx ABC 24.0187",
                qualificationIssuer: "ABC", validUntil: "2029-04-30"),
            software: CertificateSoftware(name: "Truckroll", version: "0.1.0", rules: "1"))
        return try CertificateDraft(particulars: particulars, channels: [channel], cylinders: [cylinder], readings: readings).freeze()
    }

    private static var channel: ChannelUnderTest {
        ChannelUnderTest(
            channel: ChannelResult(
                number: 1, gas: "Carbon monoxide", cas: "630-08-0", unit: .partsPerMillion, lfl: nil, rangeLow: "0", rangeHigh: "300",
                resolution: "1", technology: "electrochemical", sensorSerial: "SN-1", sensorExpires: "2028-03", isMandatory: true, points: [],
                adjustment: nil,
                alarms: [AlarmResult(name: "A1", setPoint: "30", reached: AlarmResponse(reached: true, outputs: "relay, horn"))], t90Seconds: 22),
            tolerancePercent: "10", toleranceMinimum: "3")
    }

    private static var cylinder: CylinderUsed {
        CylinderUsed(
            gas: ReferenceGas(
                cylinder: "CYL-1", lot: "L-1", maker: "Linden Gases", gas: "Carbon monoxide", cas: "630-08-0", concentration: "100",
                unit: .partsPerMillion, uncertainty: "2", coverageFactor: "2", balance: "nitrogen", certificate: "CG-1",
                certificateHash: String(repeating: "5e", count: 32), expiresOn: "2027-05-31"),
            certifiedOn: "2025-06-01")
    }

    private static var readings: [CalibrationReading] {
        func reading(_ phase: CalibrationReading.Phase, _ point: CalibrationPoint, _ indicated: String, _ time: String) -> CalibrationReading {
            CalibrationReading(
                channel: 1, kind: .full, phase: phase, point: point, applied: point == .zero ? "0" : "100", indicated: indicated,
                unit: .partsPerMillion, cylinder: point == .zero ? nil : "CYL-1", at: "2026-11-20T\(time):00+01:00")
        }
        return [
            reading(.asFound, .zero, "0", "09:12"), reading(.asFound, .span, "97", "09:20"), reading(.asLeft, .zero, "0", "11:00"),
            reading(.asLeft, .span, "99", "11:10"),
        ]
    }
}
