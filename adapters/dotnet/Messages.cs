using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace Conform
{
    /// <summary>A JSON object on its way to the suite.</summary>
    internal sealed class Message : Dictionary<string, object?>
    {
    }

    /// <summary>Why the adapter cannot do what it was asked; the SDK has no part in it.</summary>
    internal sealed class FaultException : Exception
    {
        public const int NotJson = -32700;
        public const int NoRequest = -32600;
        public const int NoMethod = -32601;
        public const int WrongParameters = -32602;
        public const int AdapterFailed = -32603;
        public const int OtherVersion = -32000;
        public const int NotStarted = -32001;
        public const int NoSdk = -32002;

        public FaultException(int code, string message)
            : base(message) => Code = code;

        public int Code { get; }
    }

    /// <summary>What this release does not have, or what the compiler would refuse.</summary>
    internal sealed class UnsupportedException : Exception
    {
        public UnsupportedException(string reason)
            : base(reason)
        {
        }
    }

    /// <summary>Reads the members of a JSON object that comes from the suite.</summary>
    internal static class Members
    {
        /// <summary>A member, undefined where there is none of that name.</summary>
        public static JsonElement Member(this JsonElement message, string name) =>
            message.ValueKind == JsonValueKind.Object && message.TryGetProperty(name, out var member)
                ? member
                : default;

        /// <summary>A text, or null where there is none of that name.</summary>
        public static string? Text(this JsonElement message, string name) =>
            message.Member(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

        /// <summary>A text that a request cannot do without.</summary>
        public static string Required(this JsonElement message, string name) =>
            message.Text(name)
            ?? throw new FaultException(FaultException.WrongParameters, $"{name} is missing");

        /// <summary>The items of a member that is an array, and none where it is not there.</summary>
        public static IEnumerable<JsonElement> ItemsOf(this JsonElement message, string name) =>
            message.Member(name) switch
            {
                { ValueKind: JsonValueKind.Array } member => member.EnumerateArray(),
                { ValueKind: JsonValueKind.Undefined } => Enumerable.Empty<JsonElement>(),
                _ => throw new FaultException(FaultException.WrongParameters, $"{name} is not an array"),
            };

        /// <summary>The members of a member that is an object, and none where it is not there.</summary>
        public static IEnumerable<JsonProperty> MembersOf(this JsonElement message, string name) =>
            message.Member(name) switch
            {
                { ValueKind: JsonValueKind.Object } member => member.EnumerateObject(),
                { ValueKind: JsonValueKind.Undefined } => Enumerable.Empty<JsonProperty>(),
                _ => throw new FaultException(FaultException.WrongParameters, $"{name} is not an object"),
            };
    }
}
