<?php

declare(strict_types=1);

namespace Conform;

/**
 * Speaks the suite's protocol, version 2: one JSON-RPC message a line.
 */
final class Wire
{
    public const PROTOCOL = 2;

    private const METHODS = ['start', 'reset', 'configure', 'call', 'run', 'echo', 'stop'];
    private const BEFORE_START = ['start', 'echo', 'stop'];
    private const FLAGS = JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES
        | JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR;

    /** PHP reads no JSON that is nested much deeper, and takes it for a wrong syntax. */
    private const DEEPEST = 2000;

    /** The request that is being carried out. */
    private mixed $number = null;

    private bool $stopped = false;

    /**
     * @param resource $requests
     * @param resource $replies
     */
    public function __construct(
        private readonly Adapter $adapter,
        private $requests,
        private $replies,
    ) {
    }

    /**
     * Answers requests until the adapter has stopped or nobody asks.
     *
     * @param string $first the first request, which was read already
     */
    public function serve(string $first): void
    {
        register_shutdown_function($this->lastWords(...));
        for ($line = $first; $line !== '' && !$this->stopped; $line = (string) fgets($this->requests)) {
            $this->reply($this->answer($line));
        }
    }

    /**
     * @return array<string, mixed>
     */
    private function answer(string $line): array
    {
        $this->number = null;
        try {
            $request = self::read($line);
            $this->number = $request['id'];
            $result = $this->carryOut($request['method'], $request['params'] ?? []);
            $this->stopped = $request['method'] === 'stop';

            return ['result' => (object) $result];
        } catch (Fault $fault) {
            $this->number ??= $fault->request;

            return self::refusal($fault->getCode(), $fault->getMessage());
        } catch (\Throwable $error) { // what the SDK throws is a result and never gets here
            return self::refusal(-32603, get_class($error) . ": {$error->getMessage()}");
        }
    }

    /**
     * @return array<string, mixed>
     */
    private static function read(string $line): array
    {
        try {
            $request = json_decode($line, true, self::DEEPEST, JSON_THROW_ON_ERROR);
        } catch (\JsonException $error) {
            $deep = $error->getCode() === JSON_ERROR_DEPTH && preg_match('/"id": *(\d+)/', $line, $found);
            throw $deep
                ? new Fault('PHP reads no JSON that is nested so deeply', -32602, (int) $found[1])
                : new Fault("not JSON: {$error->getMessage()}", -32700);
        }
        if (!is_array($request) || !isset($request['id']) || !is_string($request['method'] ?? null)) {
            throw new Fault('not a request', -32600);
        }

        return $request;
    }

    /**
     * @return array<string, mixed>
     */
    private function carryOut(string $name, mixed $given): array
    {
        if (!in_array($name, self::METHODS, true)) {
            throw new Fault("there is no method {$name}", -32601);
        }
        if (!$this->adapter->hasStarted() && !in_array($name, self::BEFORE_START, true)) {
            throw new Fault('start comes first', -32001);
        }
        $method = new \ReflectionMethod($this->adapter, $name);
        $wanted = array_column($method->getParameters(), null, 'name');
        $required = array_filter($wanted, static fn ($each): bool => !$each->isOptional());
        if (!is_array($given) || array_diff_key($given, $wanted) || array_diff_key($required, $given)) {
            throw new Fault("{$name} takes (" . implode(', ', array_keys($wanted)) . ')', -32602);
        }
        foreach ($given as $parameter => $value) {
            $type = $wanted[$parameter]->getType();
            $optional = $value === null && $type->allowsNull();
            if (!$optional && !in_array($type->getName(), ['mixed', get_debug_type($value)], true)) {
                throw new Fault("{$parameter} is of another type", -32602);
            }
        }

        return $this->adapter->$name(...$given);
    }

    /**
     * Answers ``start`` where the SDK ended the process instead of loading, which nothing catches.
     */
    private function lastWords(): void
    {
        if ($this->number !== null && $this->adapter->isLoading()) {
            $said = error_get_last()['message'] ?? 'the SDK called exit';
            $this->reply(self::refusal(-32002, $said));
        }
    }

    /**
     * @return array<string, mixed>
     */
    private static function refusal(int $code, string $message): array
    {
        return ['error' => ['code' => $code, 'message' => $message]];
    }

    /**
     * @param array<string, mixed> $answer
     */
    private function reply(array $answer): void
    {
        $reply = ['jsonrpc' => '2.0', 'id' => $this->number] + $answer;
        fwrite($this->replies, json_encode($reply, self::FLAGS) . "\n");
    }
}
