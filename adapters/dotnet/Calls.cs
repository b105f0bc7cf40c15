using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text.Json;
using System.Threading.Tasks;
using FilesCom;

namespace Conform
{
    /// <summary>Calls the SDK the way its callers write it, found by reflection, and says what came of it.</summary>
    internal sealed class Calls
    {
        private const BindingFlags AsWritten = BindingFlags.DoNotWrapExceptions;
        private const string Models = "FilesCom.Models";

        // The message, under its names, and what every exception has.
        private static readonly HashSet<string> Unseen = new()
        {
            "Message", "message", "StackTrace", "InnerException", "TargetSite", "HResult", "HelpLink", "Source", "Data",
        };

        private readonly Dictionary<string, object?> _kept = new();

        /// <summary>Forgets the objects that were kept.</summary>
        public void Forget() => _kept.Clear();

        /// <summary>What can be done with every model of this release.</summary>
        public static List<Message> Operations()
        {
            var operations =
                from model in typeof(FilesClient).Assembly.GetExportedTypes()
                where model.Namespace == Models && model.IsClass
                from each in model.GetConstructors().Concat<MethodBase>(model.GetMethods().Where(IsOperation))
                where each.DeclaringType == model
                group each by (Model: model.Name, Name: each.IsConstructor ? "New" : each.Name) into named
                select new Message
                {
                    ["resource"] = named.Key.Model,
                    ["operation"] = named.Key.Name,
                    ["forms"] = named.Select(Form).Distinct().ToList(),
                    ["signature"] = named.Last().ToString(),
                };
            return operations.ToList();
        }

        /// <summary>Makes one call and says what came of it, whatever the SDK throws.</summary>
        public async Task<Message> CallAsync(JsonElement call)
        {
            Func<Task<object?>> prepared;
            try
            {
                prepared = Prepared(call);
            }
            catch (UnsupportedException reason)
            {
                return new Message { ["outcome"] = "unsupported", ["reason"] = reason.Message };
            }
            catch (TargetInvocationException error)
            {
                return Raised(error);
            }

            object? value;
            try
            {
                value = await prepared();
            }
            catch (Exception error)
            {
                return Raised(error);
            }

            if (call.Text("keep") is { } handle)
            {
                _kept[handle] = value;
            }

            var attributes = new Message();
            foreach (var name in call.ItemsOf("read").Select(name => name.GetString() ?? string.Empty))
            {
                try
                {
                    attributes[name] = Member(value, name, out var read) ? Values.Encode(read) : Values.Absent;
                }
                catch (TargetInvocationException error)
                {
                    attributes[name] = new Message
                    {
                        ["kind"] = "raised",
                        ["error"] = error.InnerException?.GetType().FullName,
                        ["message"] = error.InnerException?.Message,
                    };
                }
            }

            return new Message
            {
                ["outcome"] = "returned",
                ["value"] = Values.Encode(value),
                ["attributes"] = attributes,
            };
        }

        /// <summary>What a caller passes: a value, or what is kept.</summary>
        public object? Argument(JsonElement value)
        {
            if (value.Text("kind") != "kept")
            {
                return Values.Decode(value);
            }

            var kept = Kept(value.Required("handle"));
            if (value.Text("attribute") is not { } attribute)
            {
                return kept;
            }

            return Member(kept, attribute, out var read)
                ? read
                : throw new UnsupportedException($"{kept?.GetType()} has no {attribute}");
        }

        /// <summary>Shows everything that an error shows its caller.</summary>
        public static Message Raised(Exception error)
        {
            if (error is TargetInvocationException { InnerException: { } thrown })
            {
                return Raised(thrown);
            }

            var ancestors = new List<string?>();
            for (var type = error.GetType().BaseType; type is not null && type != typeof(object); type = type.BaseType)
            {
                ancestors.Add(type.FullName);
            }

            var status = Carried(error, "httpStatus") ?? Carried(error, "StatusCode");
            return new Message
            {
                ["outcome"] = "raised",
                ["error"] = error.GetType().FullName,
                ["ancestors"] = ancestors,
                ["message"] = error.Message,
                ["printed"] = Printed(error),
                ["members"] = Members(error),
                ["http_status"] = status is int or Enum ? Convert.ToInt32(status) : (int?)null,
                ["api_type"] = Carried(error, "type") as string,
            };
        }

        private Func<Task<object?>> Prepared(JsonElement call)
        {
            var resource = call.Required("resource");
            var operation = call.Text("operation") ?? string.Empty;
            var arguments = Arguments(call);
            switch (call.Text("form") ?? "static")
            {
                case "static":
                    return Chosen(Model(resource), null, operation, arguments);
                case "construct":
                    var (constructor, passed) = Overload(Model(resource).GetConstructors(), resource, arguments);
                    return () => Task.FromResult<object?>(constructor.Invoke(AsWritten, null, passed, null));
                case "instance":
                    var target = Kept(call.Required("on")) ?? throw new UnsupportedException("null has no operations");
                    return Chosen(target.GetType(), target, operation, arguments);
                case "read":
                    var kept = Kept(call.Required("on"));
                    return () => Task.FromResult(kept);
                case var form:
                    throw new FaultException(FaultException.WrongParameters, $"there is no form {form}");
            }
        }

        private List<object?> Arguments(JsonElement call)
        {
            var arguments = call.ItemsOf("positional").Select(Argument).ToList();
            foreach (var name in new[] { "named", "options" })
            {
                if (call.Member(name).ValueKind != JsonValueKind.Undefined)
                {
                    var given = call.MembersOf(name).Where(each => each.Value.Text("kind") != "absent");
                    arguments.Add(given.ToDictionary(each => each.Name, each => Argument(each.Value)));
                }
            }

            return arguments;
        }

        private static bool IsOperation(MethodInfo method) =>
            !method.IsSpecialName && (method.IsStatic || typeof(Task).IsAssignableFrom(method.ReturnType));

        private static string Form(MethodBase method) =>
            method.IsConstructor ? "construct" : method.IsStatic ? "static" : "instance";

        private static Type Model(string resource) =>
            typeof(FilesClient).Assembly.GetType($"{Models}.{resource}")
            ?? throw new UnsupportedException($"there is no {resource}");

        private object? Kept(string handle) =>
            _kept.TryGetValue(handle, out var value)
                ? value
                : throw new FaultException(FaultException.WrongParameters, $"nothing is kept under {handle}");

        private static Func<Task<object?>> Chosen(
            Type type,
            object? target,
            string operation,
            List<object?> arguments)
        {
            var named = type.GetMethods().Where(each => each.Name == operation && each.IsStatic == target is null);
            var kind = target is null ? "static" : "instance";
            var (method, passed) = Overload(named, $"{kind} {type.Name}.{operation}", arguments);
            return () => InvokeAsync(method, target, passed);
        }

        private static async Task<object?> InvokeAsync(MethodInfo method, object? target, object?[] passed)
        {
            var result = method.Invoke(target, AsWritten, null, passed, null);
            if (result is not Task task)
            {
                return result;
            }

            await task;
            return method.ReturnType.GetProperty("Result")?.GetValue(task);
        }

        /// <summary>The overload that the compiler takes for these arguments, and what it passes.</summary>
        private static (T Chosen, object?[] Passed) Overload<T>(
            IEnumerable<T> overloads,
            string what,
            List<object?> arguments)
            where T : MethodBase
        {
            foreach (var each in overloads)
            {
                if (Passed(each.GetParameters(), arguments) is { } passed)
                {
                    return (each, passed);
                }
            }

            var types = string.Join(", ", arguments.Select(each => each?.GetType().Name ?? "null"));
            throw new UnsupportedException($"there is no {what}({types})");
        }

        private static object?[]? Passed(ParameterInfo[] takes, List<object?> arguments)
        {
            if (arguments.Count > takes.Length || takes.Skip(arguments.Count).Any(each => !each.HasDefaultValue))
            {
                return null;
            }

            var passed = takes.Select(each => each.HasDefaultValue ? each.DefaultValue : null).ToArray();
            for (var at = 0; at < arguments.Count; at++)
            {
                if (!Values.Fits(takes[at].ParameterType, arguments[at], out passed[at]))
                {
                    return null;
                }
            }

            return passed;
        }

        /// <summary>The value of a public property or field, where an object has one of that name.</summary>
        private static bool Member(object? target, string name, out object? value)
        {
            var type = target?.GetType();
            var property = type?.GetProperty(name);
            var field = type?.GetField(name);
            value = property is not null ? property.GetValue(target) : field?.GetValue(target);
            return property is not null || field is not null;
        }

        /// <summary>What .NET prints of an error that nobody catches, without the stack trace.</summary>
        private static string Printed(Exception error)
        {
            var lines = (error.ToString() ?? string.Empty).Split(Environment.NewLine);
            return string.Join(Environment.NewLine, lines.Where(line => !IsTrace(line)));
        }

        private static bool IsTrace(string line) =>
            line.StartsWith("   at ", StringComparison.Ordinal)
            || line.TrimStart().StartsWith("--- End of ", StringComparison.Ordinal);

        /// <summary>The public properties and fields of an error, but for its message and what .NET adds.</summary>
        private static Message Members(Exception error)
        {
            var properties = error.GetType().GetProperties().Where(each => each.GetIndexParameters().Length == 0);
            var members = new Message();
            foreach (var name in properties.Concat<MemberInfo>(error.GetType().GetFields()).Select(each => each.Name))
            {
                try
                {
                    if (!Unseen.Contains(name) && Member(error, name, out var value))
                    {
                        members[name] = Values.Encode(value);
                    }
                }
                catch (TargetInvocationException)
                {
                    // A getter that throws shows nothing.
                }
            }

            return members;
        }

        /// <summary>What a member of an error holds; null where it has none or cannot say.</summary>
        private static object? Carried(Exception error, string name)
        {
            try
            {
                return Member(error, name, out var value) ? value : null;
            }
            catch (TargetInvocationException)
            {
                return null;
            }
        }
    }
}
