import Testing
import TruckrollDomain

struct EvaluationTests {
    private func decimal(_ text: String) throws -> ExactDecimal { try ExactDecimal(parsing: text) }

    @Test(
        "judges an error at each edge of the four values",
        arguments: [
            ("0", Verdict.pass), ("3.4", .pass), ("3.5", .conditionalPass), ("-3.5", .conditionalPass),
            ("4.9", .conditionalPass), ("5.0", .conditionalPass), ("-5.0", .conditionalPass), ("5.1", .conditionalFail),
            ("6.5", .conditionalFail), ("-6.5", .conditionalFail), ("6.6", .fail), ("-6.6", .fail),
        ])
    func edges(error: String, verdict: Verdict) throws {
        let judged = Verdict(error: try decimal(error), tolerance: try decimal("5"), guardBand: try decimal("1.5"))
        #expect(judged == verdict)
    }

    @Test("reads decimals exactly", arguments: ["0", "-0.5", "12.50", "999999999999999999", "0.00000000000000001"])
    func reads(_ text: String) throws {
        #expect(try decimal(text).text(places: ExactDecimal.places(text)) == text)
    }

    @Test(
        "refuses what is not a plain decimal",
        arguments: [
            "", "-", "+1", ".5", "5.", "1e3", "1,5", " 1", "1 ", "0x1", "--1", "1.2.3", "١", "NaN", "inf", "1\u{0301}",
        ])
    func malformed(_ text: String) {
        #expect(throws: DecimalProblem.malformed(text)) { try ExactDecimal(parsing: text) }
    }

    @Test("refuses more than 18 digits", arguments: ["1234567890123456789", "0.123456789012345678"])
    func tooLong(_ text: String) {
        #expect(throws: DecimalProblem.tooManyDigits(text)) { try ExactDecimal(parsing: text) }
    }

    @Test(
        "takes the greater of the two tolerances",
        arguments: [
            ("50", "10", "3", "5.0"), ("20", "10", "3", "3.0"), ("0", "10", "3", "3.0"), ("-60", "10", "3", "6.0"),
        ])
    func tolerance(applied: String, percent: String, minimum: String, expected: String) throws {
        let tolerance = Evaluation.tolerance(
            applied: try decimal(applied), percent: try decimal(percent), minimum: try decimal(minimum))
        #expect(tolerance.text(places: 1) == expected)
    }

    @Test(
        "expands the uncertainty of gas and resolution, rounded up",
        arguments: [
            // No gas: 2 · 1/√12 = 0.577…, one step.
            (applied: "0", resolution: "1", gas: nil, expected: "1"),
            // 2 % of 50 = 1.0; √(1.0² + 0.577²) = 1.15, two steps.
            ("50", "1", ("2.20", "0.044", "2"), "2"),
            // 1.2; √(1.2² + 0.0577²) = 1.2014, rounded up to 1.3.
            ("25.0", "0.1", ("25.0", "1.2", "2"), "1.3"),
            // A cylinder stated with k = 1 counts twice.
            ("25.0", "0.1", ("25.0", "1.2", "1"), "2.5"),
        ] as [(applied: String, resolution: String, gas: (String, String, String)?, expected: String)])
    func uncertainty(applied: String, resolution: String, gas: (String, String, String)?, expected: String) throws {
        let reference = try gas.map {
            Evaluation.Reference(
                concentration: try decimal($0.0), uncertainty: try decimal($0.1), coverageFactor: try decimal($0.2))
        }
        let value = Evaluation.uncertainty(
            applied: try decimal(applied), resolution: try decimal(resolution), reference: reference)
        #expect(value.text(places: ExactDecimal.places(resolution)) == expected)
    }

    @Test("never prints more digits than the channel shows, and rounds to the safe side")
    func digits() throws {
        let evaluation = Evaluation(
            applied: try decimal("50.36"), indicated: try decimal("46"), resolution: try decimal("1"), places: 0,
            tolerancePercent: try decimal("10"), toleranceMinimum: try decimal("0.5"), reference: nil)
        #expect(evaluation.applied == "50")
        #expect(evaluation.error == "-5")
        #expect(evaluation.tolerance == "5")
        #expect(evaluation.uncertainty == "1")
        #expect(evaluation.verdict == .conditionalPass)
    }

    @Test("the greatest and smallest numbers that can be typed do not trap")
    func extremes() throws {
        let texts = ["0", "999999999999999999", "-999999999999999999", "0.00000000000000001", "1"]
        for applied in texts {
            for other in texts.filter({ $0 != "0" }) {
                let value = try decimal(other)
                let reference = Evaluation.Reference(concentration: value, uncertainty: value, coverageFactor: value)
                let evaluation = Evaluation(
                    applied: try decimal(applied), indicated: value, resolution: value,
                    places: ExactDecimal.places(other), tolerancePercent: value, toleranceMinimum: value,
                    reference: reference)
                #expect(!evaluation.error.isEmpty)
            }
        }
    }

    @Test(
        "rounds to a step in each direction",
        arguments: [
            ("2.45", "0.1", ExactDecimal.Rounding.nearest, "2.4"), ("2.55", "0.1", .nearest, "2.6"),
            ("-2.41", "0.1", .away, "-2.5"), ("2.4", "0.1", .away, "2.4"), ("-2.49", "0.1", .towardsZero, "-2.4"),
            ("7", "5", .nearest, "5"), ("8", "5", .nearest, "10"), ("0.04", "0.1", .nearest, "0.0"),
            ("-0.04", "0.1", .nearest, "0.0"), ("1", "0.25", .away, "1.00"),
        ])
    func rounding(value: String, step: String, rounding: ExactDecimal.Rounding, expected: String) throws {
        let rounded = try decimal(value).rounded(to: try decimal(step), rounding)
        #expect(rounded.text(places: ExactDecimal.places(step)) == expected)
    }

    @Test("calculates as whole numbers do", arguments: 0..<200)
    func arithmetic(seed: Int) throws {
        // A fixed walk over numbers of every size up to nine digits, of both signs.
        let first = (seed * 7_919_993 % 1_999_999_973 - 999_999_986) / (seed % 7 == 0 ? 100_003 : 1)
        let second = (seed * 104_729_017 % 1_999_999_943 - 999_999_971) / (seed % 5 == 0 ? 30_011 : 1)
        let (left, right) = (ExactDecimal(first), ExactDecimal(second))
        #expect((left + right).text(places: 0) == String(first + second))
        #expect((left - right).text(places: 0) == String(first - second))
        #expect((left * right).text(places: 0) == String(first * second))
        #expect((left < right) == (first < second))
        #expect((left == right) == (first == second))
        if second > 0 {
            #expect(left.rounded(to: right, .towardsZero).text(places: 0) == String(first / second * second))
        }
    }
}
