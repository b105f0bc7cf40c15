using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace Conform
{
    /// <summary>Turns .NET's values into tagged ones and back, and loses nothing of what they are.</summary>
    internal static class Values
    {
        // Whoever reads lists and maps inside each other has a limit too.
        private const int Deepest = 64;

        private static readonly Encoding Strict = new UTF8Encoding(false, throwOnInvalidBytes: true);

        public static Message Absent => new() { ["kind"] = "absent" };

        /// <summary>A .NET value as a tagged one.</summary>
        public static Message Encode(object? value, int depth = 0)
        {
            if (value is null)
            {
                return new Message { ["kind"] = "null", ["native"] = "null" };
            }

            var tagged = Tagged(value, depth);
            tagged["native"] = Name(value.GetType());
            return tagged;
        }

        /// <summary>A tagged value as .NET has it.</summary>
        public static object? Decode(JsonElement value)
        {
            try
            {
                return Decoded(value);
            }
            catch (FormatException)
            {
                throw new FaultException(FaultException.WrongParameters, $".NET has no value for {value}");
            }
        }

        /// <summary>Whether C# code can put a value into something of a type, and what it becomes there.</summary>
        public static bool Fits(Type type, object? value, out object? fitting)
        {
            var wanted = Nullable.GetUnderlyingType(type) ?? type;
            fitting = value switch
            {
                long number when wanted == typeof(int) && number is >= int.MinValue and <= int.MaxValue => (int)number,
                long number when wanted == typeof(double) => (double)number,
                _ => value,
            };
            return fitting is null ? wanted != type || !type.IsValueType : wanted.IsInstanceOfType(fitting);
        }

        /// <summary>The name of a type as C# code has it, its namespace left out where it is System.</summary>
        private static string Name(Type type) => type.Namespace == "System" ? type.Name : type.ToString();

        private static Message Tagged(object value, int depth)
        {
            switch (value)
            {
                case bool truth:
                    return Scalar("boolean", truth ? "true" : "false");
                case sbyte or byte or short or ushort or int or uint or long or ulong or BigInteger:
                    return Scalar("integer", Printed(value));
                case double number:
                    return Scalar("number", number.ToString("R", CultureInfo.InvariantCulture));
                case float or decimal:
                    return Scalar("number", Printed(value));
                case string text:
                    return Text(text);
                case byte[] bytes:
                    return Bytes(bytes);
                case IDictionary map when depth < Deepest:
                    var entries =
                        from object key in map.Keys
                        select new Message { ["key"] = Printed(key), ["value"] = Encode(map[key], depth + 1) };
                    return new Message { ["kind"] = "map", ["entries"] = entries.ToList() };
                case IList list when depth < Deepest:
                    var items = from object? item in list select Encode(item, depth + 1);
                    return new Message { ["kind"] = "list", ["items"] = items.ToList() };
                case DateTime or DateTimeOffset:
                    return Scalar("other", ((IFormattable)value).ToString("o", CultureInfo.InvariantCulture));
                case IDictionary or IList:
                    return Scalar("other", string.Empty);
                default:
                    return Scalar("other", Printed(value));
            }
        }

        private static Message Scalar(string kind, string text) => new() { ["kind"] = kind, ["text"] = text };

        private static Message Bytes(byte[] bytes) =>
            new() { ["kind"] = "bytes", ["base64"] = Convert.ToBase64String(bytes) };

        private static Message Text(string text)
        {
            try
            {
                Strict.GetByteCount(text);
                return Scalar("string", text);
            }
            catch (EncoderFallbackException)
            {
                return Bytes(WithLoneSurrogates(text));
            }
        }

        /// <summary>UTF-8 in which half a pair is a character of its own.</summary>
        private static byte[] WithLoneSurrogates(string text)
        {
            using var bytes = new MemoryStream();
            for (var at = 0; at < text.Length; at++)
            {
                if (char.IsSurrogatePair(text, at))
                {
                    bytes.Write(Strict.GetBytes(text.Substring(at++, 2)));
                }
                else if (char.IsSurrogate(text[at]))
                {
                    bytes.WriteByte((byte)(0xE0 | (text[at] >> 12)));
                    bytes.WriteByte((byte)(0x80 | ((text[at] >> 6) & 0x3F)));
                    bytes.WriteByte((byte)(0x80 | (text[at] & 0x3F)));
                }
                else
                {
                    bytes.Write(Strict.GetBytes(text.Substring(at, 1)));
                }
            }

            return bytes.ToArray();
        }

        /// <summary>What an object prints of itself; nothing where that is only its type.</summary>
        private static string Printed(object value)
        {
            var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
            return text == value.GetType().ToString() ? string.Empty : text;
        }

        private static object? Decoded(JsonElement value)
        {
            var text = value.Text("text") ?? string.Empty;
            switch (value.Text("kind"))
            {
                case "null":
                    return null;
                case "boolean":
                    return text == "true";
                case "integer":
                    var whole = BigInteger.Parse(text, CultureInfo.InvariantCulture);
                    return whole >= long.MinValue && whole <= long.MaxValue ? (object)(long)whole : whole;
                case "number":
                    return double.Parse(text, CultureInfo.InvariantCulture);
                case "string":
                    return text;
                case "bytes":
                    return Convert.FromBase64String(value.Text("base64") ?? string.Empty);
                case "list":
                    return Array(value.ItemsOf("items").Select(Decode).ToList());
                case "map":
                    return value.ItemsOf("entries")
                        .ToDictionary(entry => entry.Required("key"), entry => Decode(entry.Member("value")));
                default:
                    throw new FormatException("there is no such kind");
            }
        }

        /// <summary>An array of strings, of longs and so on; of objects where the items differ.</summary>
        private static Array Array(List<object?> items)
        {
            var types = items.Select(item => item?.GetType() ?? typeof(object)).Distinct().ToList();
            var array = System.Array.CreateInstance(types.Count == 1 ? types[0] : typeof(object), items.Count);
            ((IList)items).CopyTo(array, 0);
            return array;
        }
    }
}
