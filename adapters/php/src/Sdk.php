<?php

declare(strict_types=1);

namespace Conform;

/**
 * Finds out by reflection what this release of the SDK has, and shows what came of a call.
 */
final class Sdk
{
    private const SETTINGS = 'Files\Files';

    /** The resources that are listed; some releases have others that end PHP when they are loaded. */
    private const LISTED = ['Session', 'User'];

    /** What is in the message of an error, and in its stack trace. */
    private const TOLD = ['getMessage', 'getFile', 'getLine', 'getTrace', 'getTraceAsString', 'getPrevious'];

    /**
     * The file that has the settings.
     */
    public static function file(): string
    {
        return (string) (new \ReflectionClass(self::SETTINGS))->getFileName();
    }

    /**
     * What the package says of itself; the SDK has no constant of it, or a wrong one.
     */
    public static function version(): string
    {
        return trim((string) file_get_contents(dirname(self::file(), 2) . '/_VERSION'));
    }

    /**
     * @return list<array<string, mixed>>
     */
    public static function operations(): array
    {
        $found = [];
        foreach (self::LISTED as $resource) {
            $found[] = ['resource' => $resource, 'operation' => 'new', 'forms' => ['construct']];
            foreach (self::forms(new \ReflectionClass(self::model($resource))) as $operation => $forms) {
                if (preg_match('/^(get|set|is)[A-Z0-9]/', $operation) === 0) {
                    $found[] = compact('resource', 'operation', 'forms');
                }
            }
        }

        return $found;
    }

    /**
     * The class of a resource.
     */
    public static function model(string $resource): string
    {
        $name = "Files\\Model\\{$resource}";
        // PHP does not tell the case of names apart, its users do.
        $exists = class_exists($name) && (new \ReflectionClass($name))->getName() === $name;

        return $exists ? $name : throw new Unsupported("there is no {$name}");
    }

    /**
     * Makes one global setting, and says whether this release has it.
     */
    public static function set(string $name, mixed $value): bool
    {
        if (in_array($name, get_class_methods(self::SETTINGS), true)) {
            self::SETTINGS::$name($value);
        } elseif (array_key_exists($name, get_class_vars(self::SETTINGS))) {
            self::SETTINGS::$$name = $value;
        } else {
            return false;
        }

        return true;
    }

    /**
     * @param list<mixed> $arguments
     */
    public static function call(mixed $target, string $operation, string $form, array $arguments): mixed
    {
        if (is_object($target) || $form === 'static') {
            self::need(new \ReflectionClass($target), $operation, $form);
        }

        return $form === 'static' ? $target::$operation(...$arguments) : $target->$operation(...$arguments);
    }

    /**
     * An attribute as a tagged value.
     *
     * @return array<string, mixed>
     */
    public static function read(mixed $value, string $name): array
    {
        if (!is_object($value)) {
            return Values::ABSENT;
        }
        try {
            $read = $value->$name;
        } catch (\Throwable $error) {
            return ['kind' => 'raised', 'error' => get_class($error), 'message' => $error->getMessage()];
        }
        // Of a name that it has never heard of an object of the SDK says null.
        $known = $read !== null
            || array_key_exists($name, get_object_vars($value))
            || method_exists($value, 'get' . str_replace('_', '', $name));

        return $known ? Values::encode($read) : Values::ABSENT;
    }

    /**
     * The outcome of a call that threw.
     *
     * @return array<string, mixed>
     */
    public static function raised(\Throwable $error): array
    {
        $own = str_starts_with(get_class($error), 'Files\\');
        $members = self::members($error);

        return [
            'outcome' => 'raised',
            'error' => get_class($error),
            'ancestors' => array_values(class_parents($error)),
            'message' => $error->getMessage(),
            'printed' => self::printed($error),
            'members' => (object) array_map(Values::encode(...), $members),
            // The code of an error of the SDK's is the status of the answer, 0 without one.
            'http_status' => $own && $error->getCode() !== 0 ? $error->getCode() : null,
            'api_type' => is_string($members['getType'] ?? null) ? $members['getType'] : null,
        ];
    }

    /**
     * What PHP prints of an error that nobody catches, without the stack traces.
     */
    private static function printed(\Throwable $error): string
    {
        $place = "{$error->getFile()} on line {$error->getLine()}";
        if ($error instanceof \ParseError) {
            return "PHP Parse error:  {$error->getMessage()} in {$place}";
        }
        $text = (string) $error;
        for ($each = $error; $each !== null; $each = $each->getPrevious()) {
            $text = str_replace("\nStack trace:\n{$each->getTraceAsString()}", '', $text);
        }

        return "PHP Fatal error:  Uncaught {$text}\n  thrown in {$place}";
    }

    /**
     * What the public methods say that need no argument, and the public properties.
     *
     * @return array<string, mixed>
     */
    private static function members(\Throwable $error): array
    {
        $members = get_object_vars($error);
        foreach ((new \ReflectionClass($error))->getMethods(\ReflectionMethod::IS_PUBLIC) as $method) {
            $name = $method->getName();
            $told = in_array($name, self::TOLD, true) || str_starts_with($name, '__');
            if (!$told && !$method->isStatic() && $method->getNumberOfParameters() === 0) {
                try {
                    // Without the warning that the API did not send it.
                    $members[$name] = @$error->$name();
                } catch (\Throwable) {
                    continue;
                }
            }
        }

        return $members;
    }

    /**
     * How each operation of a class can be called, by name.
     *
     * @return array<string, list<string>>
     */
    private static function forms(\ReflectionClass $class): array
    {
        $forms = [];
        foreach ($class->getMethods(\ReflectionMethod::IS_PUBLIC) as $method) {
            if (!str_starts_with($method->getName(), '__')) {
                $forms[$method->getName()] = $method->isStatic() ? ['static', 'instance'] : ['instance'];
            }
        }
        // The names that the SDK maps to methods because PHP once reserved them.
        $mapped = array_filter($class->getStaticPropertyValue('static_mapped_functions', []), $class->hasMethod(...));

        return $forms + array_fill_keys(array_keys($mapped), ['static']);
    }

    private static function need(\ReflectionClass $class, string $operation, string $form): void
    {
        $forms = self::forms($class)[$operation] ?? null;
        if ($forms === null) {
            throw new Unsupported("there is no {$operation} of {$class->getShortName()}");
        }
        if (!in_array($form, $forms, true)) {
            throw new Unsupported("{$operation} of {$class->getShortName()} is not {$form}");
        }
    }
}
