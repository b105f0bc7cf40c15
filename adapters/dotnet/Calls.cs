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
                group each by (Model: model.Name, Name: each.IsConstructor ? "new" : each.Name) into named
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
        public async Task<Message> CallAsync(JsonElement parameters)
        {
            try
            {
                var value = await ValueAsync(parameters);
                if (parameters.Text("keep") is { } handle)
                {
                    _kept[handle] = value;
                }

                return new Message
                {
                    ["outcome"] = "returned",
                    ["value"] = Values.Encode(value),
                    ["attributes"] = Names(parameters).ToDictionary(name => name, name => Attribute(value, name)),
                };
            }
            catch (FaultException)
            {
                throw;
            }
            catch (UnsupportedException reason)
            {
                return new Message { ["outcome"] = "unsupported", ["reason"] = reason.Message };
            }
            catch (Exception error)
            {
                return Raised(error);
            }
        }

        private async Task<object?> ValueAsync(JsonElement call)
        {
            var resource = call.Required("resource");
            var operation = call.Text("operation") ?? string.Empty;
            var parameters = Values.DecodeAll(call.MembersOf("parameters"));
            var options = call.MembersOf("options")
                .ToDictionary(each => each.Name, each => (object?)each.Value.GetString());
            switch (call.Text("form") ?? "static")
            {
                case "static":
                    return await InvokeAsync(Model(resource), null, operation, parameters, options);
                case "construct":
                    var takes = new[] { typeof(Dictionary<string, object>), typeof(Dictionary<string, object>) };
                    var constructor = Model(resource).GetConstructor(takes)
                        ?? throw new UnsupportedException($"{resource} cannot be made from parameters");
                    return constructor.Invoke(AsWritten, null, new object[] { parameters, options }, null);
                case "instance":
                    var target = Kept(call) ?? throw new UnsupportedException("null has no operations");
                    return await InvokeAsync(target.GetType(), target, operation, parameters, options);
                case "read":
                    return Kept(call);
                case var form:
                    throw new FaultException(FaultException.WrongParameters, $"there is no form {form}");
            }
        }

        private static bool IsOperation(MethodInfo method) =>
            !method.IsSpecialName && (method.IsStatic || typeof(Task).IsAssignableFrom(method.ReturnType));

        private static string Form(MethodBase method) =>
            method.IsConstructor ? "construct" : method.IsStatic ? "static" : "instance";

        private static Type Model(string resource) =>
            typeof(FilesClient).Assembly.GetType($"{Models}.{resource}")
            ?? throw new UnsupportedException($"there is no {resource}");

        private object? Kept(JsonElement call)
        {
            var handle = call.Required("on");
            return _kept.TryGetValue(handle, out var value)
                ? value
                : throw new FaultException(FaultException.WrongParameters, $"nothing is kept under {handle}");
        }

        private static async Task<object?> InvokeAsync(
            Type type,
            object? target,
            string operation,
            Dictionary<string, object?> parameters,
            Dictionary<string, object?> options)
        {
            foreach (var method in type.GetMethods().Where(each => each.Name == operation))
            {
                if (method.IsStatic == target is null && Arguments(method, parameters, options) is { } arguments)
                {
                    var result = method.Invoke(target, AsWritten, null, arguments, null);
                    if (result is not Task task)
                    {
                        return result;
                    }

                    await task;
                    return method.ReturnType.GetProperty("Result")?.GetValue(task);
                }
            }

            var kind = target is null ? "static" : "instance";
            var names = string.Join(", ", parameters.Keys.Concat(options.Keys));
            throw new UnsupportedException($"{type.Name} has no {kind} {operation}({names})");
        }

        /// <summary>
        /// The arguments that carry everything, or null where the method cannot take it: what it has a
        /// parameter for goes there, and everything else into its dictionary.
        /// </summary>
        private static object?[]? Arguments(
            MethodInfo method,
            Dictionary<string, object?> parameters,
            Dictionary<string, object?> options)
        {
            var rest = new Dictionary<string, object?>(parameters);
            var takes = method.GetParameters();
            var arguments = new object?[takes.Length];
            for (var at = 0; at < takes.Length; at++)
            {
                arguments[at] = takes[at].Name switch
                {
                    "parameters" => rest,
                    "options" => options,
                    var name => rest.Remove(name!, out var value) ? value : null,
                };
                if (arguments[at] is { } given && !takes[at].ParameterType.IsInstanceOfType(given))
                {
                    return null;
                }
            }

            var carried = rest.Count == 0 || takes.Any(each => each.Name == "parameters");
            return carried && (options.Count == 0 || takes.Any(each => each.Name == "options")) ? arguments : null;
        }

        private static IEnumerable<string> Names(JsonElement call) =>
            call.Member("read") is { ValueKind: JsonValueKind.Array } read
                ? read.EnumerateArray().Select(name => name.GetString() ?? string.Empty)
                : Enumerable.Empty<string>();

        private static Message Attribute(object? target, string name) =>
            Member(target, name, out var value) ? Values.Encode(value) : Values.Absent;

        /// <summary>The value of a public property or field, where an object has one of that name.</summary>
        private static bool Member(object? target, string name, out object? value)
        {
            var type = target?.GetType();
            var property = type?.GetProperty(name);
            var field = type?.GetField(name);
            value = property is not null
                ? property.GetValue(target, AsWritten, null, null, null)
                : field?.GetValue(target);
            return property is not null || field is not null;
        }

        private static Message Raised(Exception error)
        {
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
                ["http_status"] = status is int or Enum ? Convert.ToInt32(status) : (int?)null,
                ["api_type"] = Carried(error, "type") as string,
            };
        }

        /// <summary>What a member of an error holds; null where it has none or cannot say.</summary>
        private static object? Carried(Exception error, string name)
        {
            try
            {
                return Member(error, name, out var value) ? value : null;
            }
            catch (Exception)
            {
                return null;
            }
        }

        /// <summary>This release has nothing of that kind.</summary>
        private sealed class UnsupportedException : Exception
        {
            public UnsupportedException(string reason)
                : base(reason)
            {
            }
        }
    }
}
