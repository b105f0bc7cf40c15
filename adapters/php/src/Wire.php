<?php

declare(strict_types=1);

namespace Conform;

/**
 * Speaks the suite's protocol, version 1: one JSON-RPC message a line.
 */
final class Wire
{
    public const PROTOCOL = 1;

    private const METHODS = ['start', 'reset', 'configure', 'call', 'run', 'stop'];
    private const FLAGS = JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES
        | JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR;

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
        for ($line = $first; $line !== ''; $line = (string) fgets($this->requests)) {
            $this->reply($this->answer($line));
            if ($this->stopped) {
                return;
            }
        }
    }

    /**
     * @return array<string, mixed>
     */
    private function answer(string $line): array
    {
        $this->number = null;
        try {
            $request = json_decode($line, true, flags: JSON_THROW_ON_ERROR);
        } catch (\JsonException $error) {
            return self::refusal(-32700, "not JSON: {$error->getMessage()}");
        }
        if (!is_array($request) || !isset($request['id'], $request['method'])) {
            return self::refusal(-32600, 'not a request');
        }
        $this->number = $request['id'];
        try {
            $method = $this->chosen($request['method']);
            $this->stopped = $request['method'] === 'stop';

            return ['result' => (object) $method(...($request['params'] ?? []))];
        } catch (Fault $fault) {
            return self::refusal($fault->getCode(), $fault->getMessage());
        } catch (\Throwable $error) { // what the SDK throws is a result and never gets here
            return self::refusal(-32602, get_class($error) . ": {$error->getMessage()}");
        }
    }

    /**
     * What the adapter does for a method of the protocol.
     */
    private function chosen(mixed $method): \Closure
    {
        if (!in_array($method, self::METHODS, true)) {
            throw new Fault('there is no method ' . json_encode($method), -32601);
        }
        if (!$this->adapter->hasStarted() && !in_array($method, ['start', 'stop'], true)) {
            throw new Fault('start comes first', -32001);
        }

        return $this->adapter->$method(...);
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
