using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using FilesCom;
using log4net;
using log4net.Appender;
using log4net.Config;
using log4net.Core;
using log4net.Layout;

namespace Conform
{
    /// <summary>The Files.com SDK as a whole: its global settings, and what there is of it in this release.</summary>
    internal sealed class Sdk
    {
        private const string Version = "1.0.0";
        private const string Package = "FilesCom";

        // The names that the releases have for a setting, newest first.
        private static readonly Dictionary<string, string[]> Settings = new()
        {
            ["session_id"] = new[] { "SessionId" },
            ["api_key"] = new[] { "ApiKey" },
            ["attempts"] = new[] { "MaxNetworkRetries" },
            ["connect_seconds"] = new[] { "ConnectTimeout", "OpenTimeout" },
            ["read_seconds"] = new[] { "ReadTimeout" },
            ["first_delay_seconds"] = new[] { "InitialNetworkRequestDelay" },
            ["longest_delay_seconds"] = new[] { "MaxNetworkRetryDelay" },
        };

        private readonly string _baseUrl;
        private FilesConfiguration _configuration;

        /// <summary>Loads the SDK and points it at one address.</summary>
        public Sdk(string baseUrl, string? authorities, string logLevel)
        {
            _baseUrl = baseUrl;
            if (authorities is not null && CanTrust)
            {
                Trust(authorities);
            }

            Log(logLevel);
            _configuration = Initial();
            Use();
        }

        // Elsewhere the store of the user is the system's, and not below the private home.
        private static bool CanTrust => RuntimeInformation.IsOSPlatform(OSPlatform.Linux);

        /// <summary>Puts every global setting back as it was after the start.</summary>
        public void Reset()
        {
            _configuration = Initial();
            Use();
        }

        /// <summary>Makes the global settings that there are, and says which ones there are not.</summary>
        public Message Configure(JsonElement parameters)
        {
            var wanted = parameters.MembersOf("credentials").Concat(parameters.MembersOf("network")).ToList();
            var applied = wanted.Where(each => Set(each.Name, each.Value)).Select(each => each.Name).ToList();
            Use();
            return new Message
            {
                ["applied"] = applied,
                ["unsupported"] = wanted.Select(each => each.Name).Except(applied).ToList(),
            };
        }

        /// <summary>Says what runs here, as the package and reflection have it.</summary>
        public Message Describe() => new()
        {
            ["adapter"] = new Message { ["name"] = "dotnet", ["version"] = Version },
            ["sdk"] = new Message { ["name"] = Package, ["version"] = Release() },
            ["runtime"] = new Message { ["name"] = ".NET", ["version"] = Environment.Version.ToString() },
            ["operations"] = Calls.Operations(),
            ["error_families"] = typeof(FilesClient).Assembly.GetExportedTypes()
                .Where(type => typeof(Exception).IsAssignableFrom(type) && type.BaseType?.Assembly != type.Assembly)
                .Select(type => type.FullName)
                .ToList(),
            ["capabilities"] = CanTrust
                ? new[] { "ca_file", "log_level", "instances" }
                : new[] { "log_level", "instances" },
        };

        private FilesConfiguration Initial() => new() { BaseUrl = _baseUrl };

        /// <summary>A client reads its configuration once and puts itself in the place of the one before.</summary>
        private void Use() => _ = new FilesClient(_configuration);

        private bool Set(string name, JsonElement value)
        {
            var names = Settings.TryGetValue(name, out var known) ? known : Array.Empty<string>();
            var property = names
                .Select(typeof(FilesConfiguration).GetProperty)
                .FirstOrDefault(each => each is not null);
            if (property is null)
            {
                return false;
            }

            object setting = value.ValueKind switch
            {
                JsonValueKind.String => value.GetString()!,
                _ when name == "attempts" => value.GetInt32() - 1,
                _ when property.PropertyType == typeof(int) => (int)Math.Ceiling(value.GetDouble()),
                _ => value.GetDouble(),
            };
            property.SetValue(_configuration, setting);
            return true;
        }

        /// <summary>The version of the package that this program was built with.</summary>
        private static string Release()
        {
            var files = (string?)AppContext.GetData("APP_CONTEXT_DEPS_FILES") ?? string.Empty;
            var releases =
                from file in files.Split(';')
                where File.Exists(file)
                from library in JsonDocument.Parse(File.ReadAllText(file)).RootElement.MembersOf("libraries")
                where library.Name.StartsWith($"{Package}/", StringComparison.Ordinal)
                select library.Name.Substring(Package.Length + 1);
            return releases.First();
        }

        private static void Trust(string authorities)
        {
            using var store = new X509Store(StoreName.Root, StoreLocation.CurrentUser, OpenFlags.ReadWrite);
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(authorities);
            store.AddRange(certificates);
        }

        private static void Log(string level)
        {
            var repository = LogManager.GetRepository(typeof(FilesClient).Assembly);
            repository.Threshold = level switch
            {
                "error" => Level.Error,
                "info" => Level.Info,
                "debug" => Level.Debug,
                _ => Level.Off,
            };
            var layout = new SimpleLayout();
            BasicConfigurator.Configure(repository, new ConsoleAppender { Layout = layout, Target = "Console.Error" });
        }
    }
}
