<?php

declare(strict_types=1);

namespace Conform;

/**
 * Calls the Files.com SDK for PHP as the suite asks, and reports what happened.
 */
final class Adapter
{
    private const VERSION = '2.0.0';
    private const PACKAGE = 'files.com/files-php-sdk';
    private const RIG = [
        'attempts' => 'maxNetworkRetries',
        'connect_seconds' => 'connectTimeout',
        'read_seconds' => 'readTimeout',
        'delay_seconds' => 'maxNetworkRetryDelay',
    ];

    /** The bases of the SDK's errors, under the names they had in its history. */
    private const FAMILIES = [
        'Files\Exception\FilesException',
        'Files\FilesException',
        'Files\ApiException',
    ];

    private bool $loading = false;

    /** @var array<string, array<string, mixed>> what reset puts back: static properties by class */
    private array $settings = [];

    /** @var array<string, mixed> what is kept between calls, by its handle */
    private array $kept = [];

    public function __construct(private readonly string $folder)
    {
    }

    public function hasStarted(): bool
    {
        return $this->settings !== [];
    }

    public function isLoading(): bool
    {
        return $this->loading;
    }

    /**
     * @return array<string, mixed>
     */
    public function start(
        int $protocol,
        string $base_url,
        ?string $ca_file = null,
        string $log_level = 'none',
        bool $unaided = false,
    ): array {
        if ($protocol !== Wire::PROTOCOL) {
            throw new Fault('this adapter speaks only version ' . Wire::PROTOCOL, -32000);
        }
        $this->load();
        \Files\Files::setBaseUrl($base_url);
        \Files\Files::$logLevel = constant('Files\LogLevel::' . strtoupper($log_level));
        foreach (['Files\Files', 'Files\Logger'] as $class) {
            $this->settings[$class] = (new \ReflectionClass($class))->getStaticProperties();
        }

        return $this->about();
    }

    /**
     * @return array<string, mixed>
     */
    public function reset(): array
    {
        $this->kept = [];
        foreach ($this->settings as $class => $properties) {
            $reflection = new \ReflectionClass($class);
            foreach ($properties as $name => $value) {
                $reflection->setStaticPropertyValue($name, $value);
            }
        }

        return [];
    }

    /**
     * @param array<string, int|float>            $rig
     * @param array<string, array<string, mixed>> $settings
     *
     * @return array<string, mixed>
     */
    public function configure(array $rig = [], array $settings = []): array
    {
        return $this->attempt(function () use ($rig, $settings): array {
            $applied = array_filter($rig, $this->rig(...), ARRAY_FILTER_USE_BOTH);
            foreach ($this->present($settings) as $name => $value) {
                $applied += Sdk::set($name, $value) ? [$name => $value] : [];
            }

            return [
                'outcome' => 'configured',
                'applied' => array_keys($applied),
                'unsupported' => array_keys(array_diff_key($rig + $settings, $applied)),
            ];
        });
    }

    /**
     * @param list<array<string, mixed>>           $positional
     * @param ?array<string, array<string, mixed>> $named
     * @param ?array<string, array<string, mixed>> $options
     * @param list<string>                         $read
     *
     * @return array<string, mixed>
     */
    public function call(
        string $resource,
        string $operation = '',
        string $form = 'static',
        array $positional = [],
        ?array $named = null,
        ?array $options = null,
        string $keys = '',
        ?string $on = null,
        ?string $keep = null,
        array $read = [],
    ): array {
        $carryOut = function () use ($resource, $operation, $form, $positional, $named, $options, $on): mixed {
            $target = match ($form) {
                'static', 'construct' => Sdk::model($resource),
                'instance', 'read' => $this->kept($on),
                default => throw new Fault("there is no form {$form}", -32602),
            };
            $maps = array_filter([$named, $options], is_array(...));
            $arguments = [...array_values($this->present($positional)), ...array_map($this->present(...), $maps)];

            return match ($form) {
                'construct' => new $target(...$arguments),
                'read' => $target,
                default => Sdk::call($target, $operation, $form, $arguments),
            };
        };

        return $this->attempt(fn (): array => $this->returned($carryOut(), $read, $keep));
    }

    /**
     * @param array<string, array<string, mixed>> $bind
     * @param list<string>                        $read
     *
     * @return array<string, mixed>
     */
    public function run(string $code, array $bind = [], array $read = []): array
    {
        $evaluate = static function (string $__code, array $__names): mixed {
            extract($__names);

            return eval($__code);
        };

        return $this->attempt(fn (): array => $this->returned($evaluate($code, Values::decodeAll($bind)), $read));
    }

    /**
     * @return array<string, mixed>
     */
    public function echo(mixed $value): array
    {
        return ['value' => Values::encode(Values::decode($value))];
    }

    /**
     * @return array<string, mixed>
     */
    public function stop(): array
    {
        return [];
    }

    private function load(): void
    {
        $this->loading = true;
        try {
            require "{$this->folder}/vendor/autoload.php";
            if (!class_exists('Files\Files')) {
                throw new \Error('Class "Files\Files" not found');
            }
        } catch (\Throwable $error) {
            throw new Fault(get_class($error) . ": {$error->getMessage()}", -32002);
        } finally {
            $this->loading = false;
        }
    }

    /**
     * @return array<string, mixed>
     */
    private function about(): array
    {
        $trusts = function_exists('pcntl_exec') ? ['ca_file'] : [];

        return [
            'adapter' => ['name' => 'php', 'version' => self::VERSION],
            'sdk' => ['name' => self::PACKAGE, 'version' => Sdk::version()],
            'runtime' => ['name' => 'PHP', 'version' => PHP_VERSION],
            'loaded' => Sdk::file(),
            'operations' => Sdk::operations(),
            'error_families' => array_values(array_filter(self::FAMILIES, 'class_exists')),
            'capabilities' => ['run', 'log_level', 'instances', ...$trusts],
        ];
    }

    /**
     * Makes cases short, and says whether this release has it.
     */
    private function rig(int|float $value, string $name): bool
    {
        if ($name !== 'attempts') {
            return isset(self::RIG[$name]) && Sdk::set(self::RIG[$name], $value);
        }

        // The SDK counts what follows the first attempt. With a count of none it takes every
        // answer for an error, a success too, so that it cannot be limited to one attempt.
        return Sdk::set(self::RIG[$name], max(1, $value - 1)) && $value > 1;
    }

    /**
     * The values that a caller would write; an absent one is left out.
     *
     * @param array<array<string, mixed>> $values
     *
     * @return array<mixed>
     */
    private function present(array $values): array
    {
        $decoded = [];
        foreach ($values as $name => $value) {
            $kind = $value['kind'] ?? null;
            if ($kind === 'kept') {
                $object = $this->kept($value['handle'] ?? null);
                $decoded[$name] = isset($value['attribute']) ? $object->{$value['attribute']} : $object;
            } elseif ($kind !== 'absent') {
                $decoded[$name] = Values::decode($value);
            }
        }

        return $decoded;
    }

    private function kept(mixed $handle): mixed
    {
        return is_string($handle) && array_key_exists($handle, $this->kept)
            ? $this->kept[$handle]
            : throw new Fault('nothing is kept under ' . json_encode($handle), -32602);
    }

    /**
     * @param list<string> $read
     *
     * @return array<string, mixed>
     */
    private function returned(mixed $value, array $read, ?string $keep = null): array
    {
        if ($keep !== null) {
            $this->kept[$keep] = $value;
        }
        $attributes = [];
        foreach ($read as $name) {
            $attributes[$name] = Sdk::read($value, $name);
        }

        return ['outcome' => 'returned', 'value' => Values::encode($value), 'attributes' => (object) $attributes];
    }

    /**
     * The outcome, whatever the SDK throws.
     *
     * @param \Closure(): array<string, mixed> $carryOut
     *
     * @return array<string, mixed>
     */
    private function attempt(\Closure $carryOut): array
    {
        try {
            return $carryOut();
        } catch (Unsupported $reason) {
            return ['outcome' => 'unsupported', 'reason' => $reason->getMessage()];
        } catch (Fault $fault) {
            throw $fault;
        } catch (\Throwable $error) {
            return Sdk::raised($error);
        }
    }
}
