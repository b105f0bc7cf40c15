using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
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
        private const string Version = "2.0.0";
        private const string Package = "FilesCom";

        // The properties that the releases have for what makes cases short.
        private static readonly Dictionary<string, string[]> Rig = new()
        {
            ["attempts"] = new[] { "MaxNetworkRetries" },
            ["connect_seconds"] = new[] { "ConnectTimeout", "OpenTimeout" },
            ["read_seconds"] = new[] { "ReadTimeout" },
            ["delay_seconds"] = new[] { "InitialNetworkRequestDelay", "MaxNetworkRetryDelay" },
        };

        private readonly List<FilesClient> _clients = new();
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
            // A client does not show its host, and has no way to end it.
            var host = typeof(FilesClient).GetField("host", BindingFlags.Instance | BindingFlags.NonPublic);
            foreach (var client in _clients)
            {
                (host?.GetValue(client) as IDisposable)?.Dispose();
            }

            _clients.Clear();
            _configuration = Initial();
            Use();
        }

        /// <summary>Makes the global settings that there are, and says which ones there are not.</summary>
        public Message Configure(JsonElement parameters, Func<JsonElement, object?> argument)
        {
            var applied = new List<string>();
            var unsupported = new List<string>();
            foreach (var each in parameters.MembersOf("rig"))
            {
                (Shorten(each.Name, each.Value.GetDouble()) ? applied : unsupported).Add(each.Name);
            }

            foreach (var each in parameters.MembersOf("settings"))
            {
                try
                {
                    (Set(each.Name, argument(each.Value)) ? applied : unsupported).Add(each.Name);
                }
                catch (UnsupportedException)
                {
                    unsupported.Add(each.Name);
                }
                catch (TargetInvocationException error)
                {
                    return Calls.Raised(error);
                }
            }

            try
            {
                Use();
            }
            catch (Exception error)
            {
                return Calls.Raised(error);
            }

            return new Message { ["outcome"] = "configured", ["applied"] = applied, ["unsupported"] = unsupported };
        }

        /// <summary>Says what runs here, as the package and reflection have it.</summary>
        public Message Describe() => new()
        {
            ["adapter"] = new Message { ["name"] = "dotnet", ["version"] = Version },
            ["sdk"] = new Message { ["name"] = Package, ["version"] = Release() },
            ["runtime"] = new Message { ["name"] = ".NET", ["version"] = Environment.Version.ToString() },
            ["loaded"] = typeof(FilesClient).Assembly.Location,
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
        private void Use() => _clients.Add(new FilesClient(_configuration));

        /// <summary>Sets what makes cases short; where a release counts in whole seconds, at least one.</summary>
        private bool Shorten(string name, double value)
        {
            var names = Rig.TryGetValue(name, out var known) ? known : Array.Empty<string>();
            var properties = names.Select(typeof(FilesConfiguration).GetProperty).OfType<PropertyInfo>().ToList();

            // The first attempt is not a retry.
            value -= name == "attempts" ? 1 : 0;
            foreach (var property in properties)
            {
                var whole = property.PropertyType == typeof(int);
                property.SetValue(_configuration, whole ? (object)(int)Math.Ceiling(value) : value);
            }

            return properties.Any(each => each.PropertyType != typeof(int) || Math.Ceiling(value) == value);
        }

        /// <summary>Sets a property as C# code does.</summary>
        private bool Set(string name, object? value)
        {
            var property = typeof(FilesConfiguration).GetProperty(name);
            if (property?.CanWrite != true || !Values.Fits(property.PropertyType, value, out var fitting))
            {
                return false;
            }

            property.SetValue(_configuration, fitting);
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
