<?php
/** What a backend in PHP needs for Statecast: tokens, calls of the server API, and the signature of webhooks. */

declare(strict_types=1);

const STATECAST = 'http://127.0.0.1:8000';

/** The settings of the server: both sides read the secrets in one file. */
function settings(): array
{
    static $settings;
    return $settings ??= json_decode(file_get_contents(__DIR__ . '/settings.json'), true, 32, JSON_THROW_ON_ERROR);
}

/** A token that proves who the user is, for ten minutes. Others see `info`. */
function makeToken(string $user): string
{
    $encode = fn (string $bytes): string => rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
    $head = ['alg' => 'HS256', 'typ' => 'JWT'];
    $claims = ['sub' => $user, 'exp' => time() + 600, 'info' => ['name' => $user]];
    $text = $encode(json_encode($head)) . '.' . $encode(json_encode($claims));
    return $text . '.' . $encode(hash_hmac('sha256', $text, settings()['auth']['hmacSecret'], true));
}

/** Calls a method of the server API, and returns its result. */
function statecast(string $method, array $params): array
{
    $answer = file_get_contents(STATECAST . "/api/$method", false, stream_context_create(['http' => [
        'method' => 'POST',
        'header' => ['Content-Type: application/json', 'X-API-Key: ' . settings()['http']['apiKey']],
        'content' => json_encode($params, JSON_THROW_ON_ERROR),
        'ignore_errors' => true,
        'timeout' => 5,
    ]]));
    if ($answer === false) throw new RuntimeException('Statecast does not answer');
    $answer = json_decode($answer, true, 512, JSON_THROW_ON_ERROR);
    if (isset($answer['error'])) throw new RuntimeException("$method: {$answer['error']['message']}");
    return $answer['result'];
}

/** Whether a webhook comes from our server, and not more than five minutes ago. */
function isFromStatecast(string $body): bool
{
    $time = $_SERVER['HTTP_X_STATECAST_TIME'] ?? '0';
    $expected = 'sha256=' . hash_hmac('sha256', "$time.$body", settings()['webhooks'][0]['secret']);
    foreach (explode(',', $_SERVER['HTTP_X_STATECAST_SIGNATURE'] ?? '') as $given) {
        if (hash_equals($expected, trim($given))) return abs(time() - (int) $time / 1000) < 300;
    }
    return false;
}
