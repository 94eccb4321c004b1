#include <array>
#include <span>

#include "exec/functions/kql_support.h"

// convert_length, convert_mass, …: units by the names that Kusto's pages list; unknown ones give null.
namespace hecate::kql_support {
namespace {

/// A unit by how many of the family's base unit it is.
struct Unit {
  std::string_view name;
  double size;
};

constexpr double kPi = 3.14159265358979323846;

constexpr Unit kAngles[] = {  // degrees
    {"Arcminute", 1.0 / 60},
    {"Arcsecond", 1.0 / 3600},
    {"Centiradian", 180 / kPi * 1e-2},
    {"Deciradian", 18 / kPi},
    {"Degree", 1},
    {"Gradian", 0.9},
    {"Microdegree", 1e-6},
    {"Microradian", 180 / kPi * 1e-6},
    {"Millidegree", 1e-3},
    {"Milliradian", 180 / kPi * 1e-3},
    {"Nanodegree", 1e-9},
    {"Nanoradian", 180 / kPi * 1e-9},
    {"NatoMil", 360.0 / 6400},
    {"Radian", 180 / kPi},
    {"Revolution", 360},
    {"Tilt", 90}};
constexpr Unit kEnergies[] = {  // joules
    {"BritishThermalUnit", 1055.05585262},
    {"Calorie", 4.184},
    {"DecathermEc", 1.05505585262e9},
    {"DecathermImperial", 1.05505585257348e9},
    {"DecathermUs", 1.054804e9},
    {"ElectronVolt", 1.602176565e-19},
    {"Erg", 1e-7},
    {"FootPound", 1.355817948},
    {"GigabritishThermalUnit", 1.05505585262e12},
    {"GigaelectronVolt", 1.602176565e-10},
    {"Gigajoule", 1e9},
    {"GigawattDay", 8.64e13},
    {"GigawattHour", 3.6e12},
    {"HorsepowerHour", 2.6845195377e6},
    {"Joule", 1},
    {"KilobritishThermalUnit", 1.05505585262e6},
    {"Kilocalorie", 4184},
    {"KiloelectronVolt", 1.602176565e-16},
    {"Kilojoule", 1e3},
    {"KilowattDay", 8.64e7},
    {"KilowattHour", 3.6e6},
    {"MegabritishThermalUnit", 1.05505585262e9},
    {"Megacalorie", 4.184e6},
    {"MegaelectronVolt", 1.602176565e-13},
    {"Megajoule", 1e6},
    {"MegawattDay", 8.64e10},
    {"MegawattHour", 3.6e9},
    {"Millijoule", 1e-3},
    {"TeraelectronVolt", 1.602176565e-7},
    {"TerawattDay", 8.64e16},
    {"TerawattHour", 3.6e15},
    {"ThermEc", 1.05505585262e8},
    {"ThermImperial", 1.05505585257348e8},
    {"ThermUs", 1.054804e8},
    {"WattDay", 86400},
    {"WattHour", 3600}};
constexpr Unit kForces[] = {  // newtons
    {"Decanewton", 10},
    {"Dyn", 1e-5},
    {"KilogramForce", 9.80665},
    {"Kilonewton", 1e3},
    {"KiloPond", 9.80665},
    {"KilopoundForce", 4448.2216152605095},
    {"Meganewton", 1e6},
    {"Micronewton", 1e-6},
    {"Millinewton", 1e-3},
    {"Newton", 1},
    {"OunceForce", 0.27801385095378125},
    {"Poundal", 0.138254954376},
    {"PoundForce", 4.4482216152605095},
    {"ShortTonForce", 8896.443230521},
    {"TonneForce", 9806.65}};
constexpr Unit kLengths[] = {  // meters
    {"Angstrom", 1e-10},
    {"AstronomicalUnit", 1.4959787070e11},
    {"Centimeter", 1e-2},
    {"Chain", 20.1168},
    {"DataMile", 1828.8},
    {"Decameter", 10},
    {"Decimeter", 0.1},
    {"DtpPica", 0.0254 / 6},
    {"DtpPoint", 0.0254 / 72},
    {"Fathom", 1.8288},
    {"Foot", 0.3048},
    {"Hand", 0.1016},
    {"Hectometer", 100},
    {"Inch", 0.0254},
    {"KilolightYear", 9.46073047258e18},
    {"Kilometer", 1e3},
    {"Kiloparsec", 3.08567758128e19},
    {"LightYear", 9.46073047258e15},
    {"MegalightYear", 9.46073047258e21},
    {"Megaparsec", 3.08567758128e22},
    {"Meter", 1},
    {"Microinch", 2.54e-8},
    {"Micrometer", 1e-6},
    {"Mil", 2.54e-5},
    {"Mile", 1609.344},
    {"Millimeter", 1e-3},
    {"Nanometer", 1e-9},
    {"NauticalMile", 1852},
    {"Parsec", 3.08567758128e16},
    {"PrinterPica", 0.0254 / 6.022573},
    {"PrinterPoint", 0.0254 / 72.27},
    {"Shackle", 27.432},
    {"SolarRadius", 6.95510e8},
    {"Twip", 0.0254 / 1440},
    {"UsSurveyFoot", 1200.0 / 3937},
    {"Yard", 0.9144}};
constexpr Unit kMasses[] = {  // grams
    {"Centigram", 1e-2},
    {"Decagram", 10},
    {"Decigram", 0.1},
    {"EarthMass", 5.9722e27},
    {"Grain", 0.06479891},
    {"Gram", 1},
    {"Hectogram", 100},
    {"Kilogram", 1e3},
    {"Kilopound", 453592.37},
    {"Kilotonne", 1e9},
    {"LongHundredweight", 50802.34544},
    {"LongTon", 1016046.9088},
    {"Megapound", 4.5359237e8},
    {"Megatonne", 1e12},
    {"Microgram", 1e-6},
    {"Milligram", 1e-3},
    {"Nanogram", 1e-9},
    {"Ounce", 28.349523125},
    {"Pound", 453.59237},
    {"ShortHundredweight", 45359.237},
    {"ShortTon", 907184.74},
    {"Slug", 14593.903},
    {"SolarMass", 1.98947e33},
    {"Stone", 6350.29318},
    {"Tonne", 1e6}};
constexpr Unit kSpeeds[] = {  // meters a second
    {"CentimeterPerHour", 1e-2 / 3600},
    {"CentimeterPerMinute", 1e-2 / 60},
    {"CentimeterPerSecond", 1e-2},
    {"DecimeterPerMinute", 0.1 / 60},
    {"DecimeterPerSecond", 0.1},
    {"FootPerHour", 0.3048 / 3600},
    {"FootPerMinute", 0.3048 / 60},
    {"FootPerSecond", 0.3048},
    {"InchPerHour", 0.0254 / 3600},
    {"InchPerMinute", 0.0254 / 60},
    {"InchPerSecond", 0.0254},
    {"KilometerPerHour", 1000.0 / 3600},
    {"KilometerPerMinute", 1000.0 / 60},
    {"KilometerPerSecond", 1000},
    {"Knot", 1852.0 / 3600},
    {"MeterPerHour", 1.0 / 3600},
    {"MeterPerMinute", 1.0 / 60},
    {"MeterPerSecond", 1},
    {"MicrometerPerMinute", 1e-6 / 60},
    {"MicrometerPerSecond", 1e-6},
    {"MilePerHour", 0.44704},
    {"MillimeterPerHour", 1e-3 / 3600},
    {"MillimeterPerMinute", 1e-3 / 60},
    {"MillimeterPerSecond", 1e-3},
    {"NanometerPerMinute", 1e-9 / 60},
    {"NanometerPerSecond", 1e-9},
    {"UsSurveyFootPerHour", 1200.0 / 3937 / 3600},
    {"UsSurveyFootPerMinute", 1200.0 / 3937 / 60},
    {"UsSurveyFootPerSecond", 1200.0 / 3937},
    {"YardPerHour", 0.9144 / 3600},
    {"YardPerMinute", 0.9144 / 60},
    {"YardPerSecond", 0.9144}};
constexpr Unit kVolumes[] = {  // cubic meters
    {"AcreFoot", 1 / 0.000810714},
    {"AuTablespoon", 2e-5},
    {"BoardFoot", 0.002359737216},
    {"Centiliter", 1e-5},
    {"CubicCentimeter", 1e-6},
    {"CubicDecimeter", 1e-3},
    {"CubicFoot", 0.028316846592},
    {"CubicHectometer", 1e6},
    {"CubicInch", 1.6387064e-5},
    {"CubicKilometer", 1e9},
    {"CubicMeter", 1},
    {"CubicMicrometer", 1e-18},
    {"CubicMile", 4.168181825440579584e9},
    {"CubicMillimeter", 1e-9},
    {"CubicYard", 0.764554857984},
    {"Decaliter", 1e-2},
    {"DeciLiter", 1e-4},
    {"Deciliter", 1e-4},
    {"Decausgallon", 0.03785411784},
    {"Deciusgallon", 0.0003785411784},
    {"HectocubicFoot", 2.8316846592},
    {"HectocubicMeter", 100},
    {"Hectoliter", 0.1},
    {"HectousGallon", 0.3785411784},
    {"ImperialBeerBarrel", 0.16365924},
    {"ImperialGallon", 0.00454609},
    {"ImperialOunce", 2.84130625e-5},
    {"ImperialPint", 0.00056826125},
    {"KilocubicFoot", 28.316846592},
    {"KilocubicMeter", 1e3},
    {"KiloimperialGallon", 4.54609},
    {"Kiloliter", 1},
    {"KilousGallon", 3.785411784},
    {"Liter", 1e-3},
    {"MegacubicFoot", 28316.846592},
    {"MegaimperialGallon", 4546.09},
    {"Megaliter", 1e3},
    {"MegausGallon", 3785.411784},
    {"MetricCup", 0.00025},
    {"MetricTeaspoon", 5e-6},
    {"Microliter", 1e-9},
    {"Milliliter", 1e-6},
    {"OilBarrel", 0.158987294928},
    {"UkTablespoon", 1.5e-5},
    {"UsBeerBarrel", 0.117347765304},
    {"UsCustomaryCup", 0.0002365882365},
    {"UsGallon", 0.003785411784},
    {"UsLegalCup", 0.00024},
    {"UsOunce", 2.95735295625e-5},
    {"UsPint", 0.000473176473},
    {"UsQuart", 0.000946352946},
    {"UsTablespoon", 1.478676478125e-5},
    {"UsTeaspoon", 4.92892159375e-6}};

const Unit* find(std::span<const Unit> units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}
Value converted(std::span<const Unit> units, Arguments a, EvalContext& c) {
  const Unit* from = find(units, text_of(a[1], c));
  const Unit* to = find(units, text_of(a[2], c));
  if (from == nullptr || to == nullptr) return Value::null();
  return Value::real(a[0].as_real() * from->size / to->size);
}
Value angle(Arguments a, EvalContext& c) { return converted(kAngles, a, c); }
Value energy(Arguments a, EvalContext& c) { return converted(kEnergies, a, c); }
Value force(Arguments a, EvalContext& c) { return converted(kForces, a, c); }
Value length(Arguments a, EvalContext& c) { return converted(kLengths, a, c); }
Value mass(Arguments a, EvalContext& c) { return converted(kMasses, a, c); }
Value speed(Arguments a, EvalContext& c) { return converted(kSpeeds, a, c); }
Value volume(Arguments a, EvalContext& c) { return converted(kVolumes, a, c); }

/// A scale of temperature: kelvins = (value + zero) * size.
struct Scale {
  std::string_view name;
  double zero, size;
};
constexpr Scale kScales[] = {{"DegreeCelsius", 273.15, 1},           {"DegreeDelisle", -559.725, -2.0 / 3},
                             {"DegreeFahrenheit", 459.67, 5.0 / 9},  {"DegreeNewton", 90.1395, 100.0 / 33},
                             {"DegreeRankine", 0, 5.0 / 9},          {"DegreeReaumur", 218.52, 1.25},
                             {"DegreeRoemer", 135.90375, 40.0 / 21}, {"Kelvin", 0, 1},
                             {"MillidegreeCelsius", 273150, 1e-3},   {"SolarTemperature", 0, 5778}};
Value temperature(Arguments a, EvalContext& c) {
  const auto scale = [](std::string_view name) -> const Scale* {
    for (const Scale& row : kScales) {
      if (row.name == name) return &row;
    }
    return nullptr;
  };
  const Scale* from = scale(text_of(a[1], c));
  const Scale* to = scale(text_of(a[2], c));
  if (from == nullptr || to == nullptr) return Value::null();
  return Value::real((a[0].as_real() + from->zero) * from->size / to->size - to->zero);
}

constexpr Function kFunctions[] = {
    {"kql.convert_angle", 3, 3, false, &angle, "Between units of angle."},
    {"kql.convert_energy", 3, 3, false, &energy, "Between units of energy."},
    {"kql.convert_force", 3, 3, false, &force, "Between units of force."},
    {"kql.convert_length", 3, 3, false, &length, "Between units of length."},
    {"kql.convert_mass", 3, 3, false, &mass, "Between units of mass."},
    {"kql.convert_speed", 3, 3, false, &speed, "Between units of speed."},
    {"kql.convert_temperature", 3, 3, false, &temperature, "Between units of temperature."},
    {"kql.convert_volume", 3, 3, false, &volume, "Between units of volume."},
};

}  // namespace

std::span<const Function> unit_functions() { return kFunctions; }

}  // namespace hecate::kql_support
