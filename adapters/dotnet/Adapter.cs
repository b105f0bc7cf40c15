using System;
using System.IO;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;

namespace Conform
{
    /// <summary>Speaks the suite's protocol, version 2: one JSON-RPC message a line.</summary>
    internal sealed class Adapter
    {
        private const int Protocol = 2;

        // Values inside values take a few levels of JSON each.
        private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 512 };
        private static readonly JsonSerializerOptions Writing = new() { MaxDepth = 512 };

        private readonly Calls _calls = new();
        private Sdk? _sdk;
        private bool _stopped;

        private Adapter()
        {
        }

        private static async Task Main()
        {
            using var questions = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
            using var answers = Console.OpenStandardOutput();

            // What the SDK reads is empty, and what it prints never comes between replies.
            Console.SetIn(TextReader.Null);
            Console.SetOut(Console.Error);

            var adapter = new Adapter();
            while (!adapter._stopped && await questions.ReadLineAsync() is { } line)
            {
                var reply = JsonSerializer.SerializeToUtf8Bytes(await adapter.AnswerAsync(line), Writing);
                await answers.WriteAsync(reply);
                answers.WriteByte((byte)'\n');
                await answers.FlushAsync();
            }

            // A thread of the SDK's host would keep the process alive.
            Environment.Exit(0);
        }

        private async Task<Message> AnswerAsync(string line)
        {
            var reply = new Message { ["jsonrpc"] = "2.0", ["id"] = null };
            try
            {
                using var document = JsonDocument.Parse(line, Reading);
                var request = document.RootElement.Clone();
                var id = request.Member("id");
                if (id.ValueKind == JsonValueKind.Undefined || request.Text("method") is not { } method)
                {
                    throw new FaultException(FaultException.NoRequest, "not a request");
                }

                reply["id"] = id;
                reply["result"] = await ResultAsync(method, request.Member("params"));
            }
            catch (JsonException error)
            {
                reply["error"] = Error(FaultException.NotJson, error.Message);
            }
            catch (FaultException fault)
            {
                reply["error"] = Error(fault.Code, fault.Message);
            }
            catch (Exception error)
            {
                // What the SDK throws is a result, and never gets here.
                reply["error"] = Error(FaultException.AdapterFailed, error.ToString());
            }

            return reply;
        }

        private static Message Error(int code, string message) => new() { ["code"] = code, ["message"] = message };

        private async Task<Message> ResultAsync(string method, JsonElement parameters)
        {
            switch (method)
            {
                case "start":
                    return Start(parameters);
                case "reset":
                    Loaded().Reset();
                    _calls.Forget();
                    return new Message();
                case "configure":
                    return Loaded().Configure(parameters, _calls.Argument);
                case "call":
                    Loaded();
                    return await _calls.CallAsync(parameters);
                case "echo":
                    return new Message { ["value"] = Values.Encode(Values.Decode(parameters.Member("value"))) };
                case "stop":
                    _stopped = true;
                    return new Message();
                default:
                    throw new FaultException(FaultException.NoMethod, $"there is no method {method}");
            }
        }

        private Message Start(JsonElement parameters)
        {
            if (parameters.Member("protocol") is not { ValueKind: JsonValueKind.Number } version
                || version.GetDouble() != Protocol)
            {
                throw new FaultException(FaultException.OtherVersion, $"this adapter speaks version {Protocol}");
            }

            var baseUrl = parameters.Required("base_url");
            try
            {
                _sdk = new Sdk(baseUrl, parameters.Text("ca_file"), parameters.Text("log_level") ?? "none");
                return _sdk.Describe();
            }
            catch (Exception error)
            {
                _sdk = null;
                throw new FaultException(FaultException.NoSdk, error.ToString());
            }
        }

        private Sdk Loaded() =>
            _sdk ?? throw new FaultException(FaultException.NotStarted, "start comes first");
    }
}
