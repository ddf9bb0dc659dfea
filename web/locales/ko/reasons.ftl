# 판단마다 그 까닭: 엔진과 시뮬레이션의 모든 이유에 하나씩.

## opening
reason-active-open = 애플리케이션이 상대를 정해 연결을 청했습니다. 능동 열기입니다.
reason-passive-open = 애플리케이션이 누군가 연결해 오기를 기다립니다. 수동 열기이며 아무것도 보내지 않습니다.
reason-send-in-listen = LISTEN에서 SEND를 호출하면 수동 열기가 능동 열기로 바뀝니다. 이제 상대를 알므로 SYN을 보냅니다.
reason-syn-sent = 능동 열기의 SYN입니다. 이쪽의 초기 순서 번호를 싣고 상대의 것을 청합니다.
reason-syn-ack-sent = SYN에 대한 답입니다. 상대의 SYN을 확인 응답하면서 우리의 SYN도 싣는 한 세그먼트입니다.
reason-syn-ack-for-simultaneous-open = SYN-SENT에서 ACK 없는 SYN이 왔습니다. 우리 SYN을 같은 번호로 다시 보내되, 이제 상대의 SYN을 확인 응답합니다.
reason-syn-ack-for-repeated-syn = SYN이 다시 왔으니 우리 SYN-ACK가 사라진 듯합니다. 대부분의 구현처럼 SYN-ACK를 다시 보냅니다. RFC의 문자대로라면 ACK만 보냅니다.
reason-quiet-time = 시작한 뒤 1 MSL 동안 아무것도 보내지 않습니다. 잊어버린 번호를 가진 옛 세그먼트가 아직 떠돌 수 있기 때문입니다.
reason-open-reuses-time-wait = TIME-WAIT 기록이 새 연결에 자리를 내줍니다. 타임스탬프가 옛 세그먼트와 새 세그먼트를 구별해 주기 때문입니다.

## LISTEN and CLOSED
reason-syn-in-listen = LISTEN에 SYN이 왔습니다. 누군가 연결하려 합니다.
reason-rst-in-listen = LISTEN에 온 RST는 무시합니다. 재설정할 연결이 없습니다.
reason-ack-in-listen = LISTEN에서는 아직 보낸 것이 없으므로 어떤 ACK도 옳을 수 없습니다.
reason-neither-syn-nor-ack = SYN도 ACK도 RST도 없는 세그먼트는 LISTEN에서 할 일이 없으므로 버립니다.
reason-rst-for-ack-in-listen = LISTEN에 온 ACK에는 RST로 답합니다. 그 ACK의 번호를 순서 번호로 써서 보낸 쪽이 믿게 합니다.
reason-no-connection = 이 주소와 포트에는 연결도 리스닝 소켓도 없습니다.
reason-rst-for-closed-port = 없는 연결로 온 세그먼트에는 RST로 답합니다. 근거로 삼을 ACK가 없으면 순서 번호 0을 쓰고, 온 것을 확인 응답합니다.
reason-rst-in-closed = 없는 연결로 온 RST는 버립니다. RST에는 결코 RST로 답하지 않습니다. 그러면 두 호스트가 끝없이 주고받을 수 있습니다.
reason-syn-queue-full = 리스닝 소켓이 백로그가 허락하는 만큼 SYN-RECEIVED 연결을 쥐고 있어, 이 SYN에는 자리가 없습니다.
reason-half-open-limit = 호스트 전체의 SYN-RECEIVED 연결이 한도에 이르렀습니다.
reason-accept-queue-full = 완성된 연결들이 애플리케이션의 accept를 기다리고 있고, 큐가 가득 찼습니다.
reason-socket-limit = 호스트의 소켓 수가 한도에 이르렀습니다.
reason-syn-cookie-made = SYN에 공식으로 답합니다. 기억해야 할 것을 초기 순서 번호에 담고 아무것도 간직하지 않습니다.
reason-syn-cookie-sent = 이 SYN-ACK는 쿠키입니다. 그 순서 번호가 나중에 SYN이 진짜였음을 증명합니다.
reason-syn-cookie-valid = ACK가 올바른 쿠키를 되가져왔습니다. 보낸 이는 우리 SYN-ACK를 보았습니다. 이제야 연결이 생깁니다.
reason-syn-cookie-expired = ACK가 되가져온 쿠키가 너무 오래되어 믿을 수 없습니다.
reason-listener-closed = 리스닝 소켓이 닫혔고, 아직 아무도 수락하지 않은 연결도 함께 끝났습니다.

## SYN-SENT
reason-syn-ack-in-syn-sent = SYN-ACK가 바로 우리 SYN을 확인 응답하고 상대의 번호를 가져왔습니다. 이쪽은 연결되었습니다.
reason-ack-of-syn-ack = 핸드셰이크의 세 번째 세그먼트입니다. 상대의 SYN이 도착했음을 알립니다.
reason-syn-in-syn-sent = SYN-SENT에 ACK 없는 SYN이 왔습니다. 상대도 동시에 여는 중입니다.
reason-unacceptable-ack-in-syn-sent = 우리가 보낸 적 없는 번호를 확인 응답합니다. 다른 SYN에 대한 답입니다.
reason-rst-for-unacceptable-ack = 보낸 적 없는 것에 대한 확인 응답에는, 바로 그 번호를 순서 번호로 하는 RST로 답합니다.
reason-rst-with-bad-ack = 우리 SYN을 확인 응답하지 않는 RST입니다. 다른 것에 대한 것이므로 버립니다.
reason-rst-without-ack-in-syn-sent = ACK 없는 RST는 누구나 보낼 수 있어 아무것도 증명하지 못합니다. SYN-SENT에서는 우리 SYN을 확인 응답하는 RST만 뜻이 있습니다.
reason-connection-refused = RST가 우리 SYN을 확인 응답했습니다. 상대 호스트가 보고서 거부한 것입니다.
reason-ack-without-syn = 우리 SYN을 확인 응답하지만 SYN이 없습니다. 상대의 번호를 모르면 나아갈 수 없으므로 버립니다.
reason-neither-syn-nor-rst = SYN도 RST도 아니어서 SYN-SENT에 도움이 되지 않습니다. 버립니다.

## SYN-RECEIVED
reason-ack-of-syn = 우리 SYN에 대한 ACK가 왔습니다. 이쪽에서도 연결이 성립했습니다.
reason-crossing-syn-ack = 동시 열기의 SYN-ACK는 수신 윈도우보다 앞에서 시작하지만 그 ACK를 받아들입니다. 그러지 않으면 RFC 자신의 그림 7이 나오지 않습니다.
reason-crossing-syn-ack-acknowledged = 어떤 구현은 엇갈린 SYN-ACK에 확인 응답도 보냅니다. 해는 없습니다.
reason-unacceptable-ack-in-syn-received = 우리 SYN에 대한 ACK가 아닙니다. 다른 시도에 속합니다.
reason-repeated-syn = 이미 답한 SYN이 다시 왔습니다. 답이 아직 닿지 않은 것입니다.
reason-ack-for-repeated-syn = 다시 온 SYN은 윈도우 앞에 있으므로, 받아들일 수 없는 다른 세그먼트처럼 ACK로 답합니다.
reason-syn-in-syn-received-passive = 윈도우 안에 또 다른 SYN이 왔습니다. 첫 시도는 무효이고, 수동 열기는 LISTEN으로 돌아갑니다.
reason-rst-in-syn-received-passive = RST가 수동 열기를 LISTEN으로 되돌립니다. 실패한 시도를 애플리케이션이 알 필요는 없습니다.
reason-rst-in-syn-received-active = 능동 열기 뒤 SYN-RECEIVED에서 RST를 받았습니다. 애플리케이션에 연결이 거부되었다고 알립니다.
reason-text-of-syn-delivered = SYN과 함께 온 데이터는 연결이 성립해야 넘길 수 있습니다. 이제 넘깁니다.

## sequence number
reason-segment-before-window = 세그먼트 전체가 수신 윈도우 앞에 있습니다. 이미 받았거나 더 오래된 연결의 것입니다.
reason-segment-beyond-window = 세그먼트가 수신 윈도우를 넘어섭니다. 이쪽이 허락한 것보다 뒤입니다.
reason-ack-for-unacceptable = 윈도우 밖의 세그먼트는 버리지만, 실제로 기대하는 번호를 알리는 ACK로 답합니다.
reason-text-beyond-window-cut = 데이터의 일부가 윈도우를 넘어 잘라 냈습니다. 나머지는 받아들입니다.
reason-text-at-closed-window = 윈도우가 닫혀 있습니다. ACK, RST, URG는 처리하지만 데이터는 받지 않습니다.
reason-ack-for-closed-window = 닫힌 윈도우에 대한 프로브에는 지금의 확인 응답 번호와 윈도우로 답합니다.
reason-paws = 타임스탬프가 마지막으로 본 것보다 오래되었습니다. 번호가 맞더라도 오래된 중복이므로 버립니다.
reason-ack-for-old-timestamp = 오래된 타임스탬프를 가진 세그먼트에는 ACK로 답합니다.
reason-timestamps-missing = 양쪽이 타임스탬프를 쓰기로 했는데 이 세그먼트에는 없으므로 버립니다.
reason-duplicate-ack-throttled = 이런 세그먼트에 방금 답했습니다. 매번 답하면 서로 어긋난 두 끝이 끝없이 주고받을 수 있습니다.

## RST and SYN
reason-rst-outside-window = 윈도우 밖의 RST는 버립니다. 오래되었거나 넘겨짚은 것입니다.
reason-rst-not-exact = RST가 윈도우 안에 있지만 정확히 다음에 기대하는 번호는 아닙니다. 보지 않고 넘겨짚은 것일 수 있으므로 따르지 않습니다.
reason-challenge-ack-for-rst = 되묻기(challenge)입니다. 상대에게 정말 연결이 없다면 정확히 맞는 RST로 답할 것입니다.
reason-rst-received = RST가 정확히 맞습니다. 상대가 연결을 재설정했습니다. 대기 중인 것은 모두 버립니다.
reason-rst-while-closing = 양쪽이 닫는 중에 RST가 왔습니다. 더 할 일이 없으므로 연결이 그냥 끝납니다.
reason-rst-with-data = RST에 데이터가 실려 있습니다. 보낸 까닭을 적었을 수 있습니다.
reason-syn-in-synchronized-state = 성립한 연결에 SYN이 왔습니다. 상대가 다시 시작했거나 누군가 추측하는 것입니다. 따르지 않습니다.
reason-challenge-ack-for-syn = 이쪽이 믿는 번호로 되묻습니다. 다시 시작한 상대라면 RST로 답하고, 멀쩡한 상대라면 무시합니다.
reason-challenge-ack-limit = 이 호스트는 1초에 보낼 수 있는 챌린지 ACK를 다 썼습니다.
reason-syn-in-window = 윈도우 안의 SYN은 오류로 여겨 연결을 재설정합니다. RFC 5961 이전의 규칙입니다.
reason-rst-for-syn-in-window = RFC 5961 이전의 규칙대로, 윈도우 안의 SYN에 RST로 답합니다.

## ACK
reason-ack-missing = 성립한 연결에서는 모든 세그먼트에 ACK가 있습니다. 없으므로 버립니다.
reason-ack-too-old = 확인 응답 번호가 지금까지 허락한 어떤 윈도우보다 오래되었습니다. 주입되었거나 아주 늦은 것이므로 데이터를 믿지 않습니다.
reason-challenge-ack-for-old-ack = 너무 오래된 확인 응답 번호를 가진 세그먼트에는 챌린지 ACK로 답하고 버립니다.
reason-ack-of-unsent = 보낸 적 없는 것을 확인 응답합니다.
reason-ack-for-ack-of-unsent = 보낸 적 없는 것에 대한 확인 응답에는 ACK로 답하고, 그 세그먼트는 버립니다.
reason-ack-of-new-data = 처음으로 확인 응답된 것이 있습니다. SND.UNA가 나아가고, 재전송하려고 지니던 것을 버릴 수 있습니다.
reason-ack-of-old-data = 오래전에 확인된 것을 확인 응답합니다. 확인 응답으로서는 뜻이 없습니다.
reason-ack-of-nothing-new = 이미 아는 것 말고는 확인 응답하는 것이 없습니다.
reason-duplicate-ack = 중복 ACK입니다. 무언가 도착했는데도 상대는 같은 번호를 기다립니다. 세그먼트가 사라졌거나 앞질러졌습니다.
reason-third-duplicate-ack = 세 번째 중복 ACK입니다. 순서가 바뀐 것만으로는 드문 일이므로 손실로 봅니다.
reason-partial-ack = 손실을 알아챘을 때 보내 둔 것의 끝까지 확인되지 않았습니다. 다음 빈틈이 드러났으므로 바로 메웁니다.
reason-recovery-complete = 손실을 알아챘을 때 보내 둔 것이 모두 확인되었습니다. 복구가 끝났습니다.
reason-window-update = 상대의 윈도우가 바뀝니다. 이 세그먼트가 마지막으로 윈도우를 정한 것보다 새롭습니다.
reason-old-window-ignored = 윈도우를 마지막으로 정한 것보다 오래된 세그먼트라 그 윈도우는 쓰지 않습니다.
reason-ack-of-fin-received = 우리 FIN이 확인되었습니다. 이쪽에서 더 올 것이 없음을 상대가 압니다.

## text and FIN
reason-urgent-pointer = 긴급 포인터가 앞에 긴급 데이터가 있음을 알립니다. 애플리케이션에 알립니다.
reason-text-in-order = 데이터가 정확히 다음에 기대하는 번호에서 시작하므로 받아들입니다.
reason-text-out-of-order = 데이터가 다음에 기대하는 번호보다 뒤에 있습니다. 앞의 것이 빠졌으므로 올 때까지 쥐고 있습니다.
reason-hole-filled = 이 데이터가 빈틈을 메웁니다. 뒤에 쥐고 있던 것이 곧바로 이어집니다.
reason-reassembly-full = 순서가 어긋난 것을 더 쥘 자리가 없습니다. 버리며, 상대가 다시 보낼 것입니다.
reason-text-after-fin = 상대의 FIN 뒤에는 데이터가 올 수 없으므로 무시합니다.
reason-data-after-close = 이미 닫은 애플리케이션에 데이터가 왔습니다. 읽을 이가 없습니다.
reason-rst-for-data-after-close = RST로 데이터가 읽히지 않고 버려졌음을 상대에게 알립니다.
reason-fin-received = 상대의 FIN에 이르렀습니다. 그 앞은 모두 받았고 더 올 것이 없습니다.
reason-fin-ahead-of-data = FIN은 왔지만 그 앞의 데이터가 빠졌습니다. 올 때까지 기다립니다.
reason-fin-crossed-ours = 우리 FIN이 확인되기 전에 상대의 FIN이 왔습니다. 동시에 닫는 것입니다.
reason-fin-with-ack-of-ours = 상대의 FIN이 우리 FIN의 확인 응답과 함께 왔습니다. 곧장 TIME-WAIT로 갑니다.
reason-fin-in-fin-wait-2 = 다른 방향도 끝났습니다. 이쪽이 먼저 닫았으므로 TIME-WAIT로 갑니다.
reason-option-illegal = 길이가 불가능한 옵션이 있습니다. 그 앞의 것은 쓰고 나머지 옵션은 쓰지 않습니다.

## acknowledging
reason-ack-of-fin = FIN은 순서 번호를 하나 쓰며, 바이트처럼 확인 응답을 받습니다.
reason-ack-of-text = 데이터에 대한 확인 응답을 바로 보냅니다.
reason-ack-delayed = 확인 응답이 조금 기다립니다. 같은 쪽으로 갈 데이터가 있으면 얹혀 갈 수 있기 때문입니다.
reason-delayed-ack-timeout = 확인 응답이 기다릴 만큼 기다렸으므로 혼자 갑니다.
reason-ack-every-second-segment = 가득 찬 세그먼트 둘마다 적어도 한 번은 바로 확인 응답하여, 보내는 쪽이 속도를 잃지 않게 합니다.
reason-ack-for-out-of-order = 순서가 어긋난 데이터에는, 아직 빠진 번호를 알리는 ACK로 바로 답합니다. 중복 ACK입니다.
reason-ack-for-filled-hole = 빈틈이 메워졌으므로 바로 확인 응답합니다.
reason-ack-rode = 기다리던 확인 응답이 다른 세그먼트에 얹혀 갔습니다.
reason-window-update-sent = 애플리케이션이 읽어서, 알릴 만큼 윈도우가 열렸습니다.

## sending
reason-data-sent = 애플리케이션의 데이터가 상대의 윈도우와 혼잡 윈도우가 허락하는 만큼 나갑니다.
reason-fin-sent = 앞의 것을 모두 보냈으므로 FIN이 나갑니다. 더 이어질 데이터가 없습니다.
reason-held-by-nagle = 확인되지 않은 것이 있는 동안 작은 세그먼트는 더 채워지기를 기다립니다(네이글).
reason-held-by-silly-window = 윈도우에 남은 자리가 어리석을 만큼 작습니다. 기다리면 자잘한 세그먼트를 많이 아낍니다.

## retransmission
reason-retransmission-timeout = 재전송 타이머가 돕니다. 제때 확인 응답이 없으면 가장 오래된 세그먼트를 다시 보냅니다.
reason-retransmission-restarted = 확인된 것이 있고 아직 나가 있는 것도 있으므로 타이머를 다시 시작합니다.
reason-all-acknowledged = 보낸 것이 모두 확인되었습니다. 재전송할 것이 없습니다.
reason-go-back-after-timeout = 시간 초과 뒤에는 가장 오래된 빈틈부터 천천히 다시 보냅니다.
reason-fast-retransmit = 중복 ACK 셋은 손실을 뜻합니다. 타이머를 기다리지 않고 빠진 것을 다시 보냅니다.
reason-sack-retransmission = 상대의 SACK이 이 빈틈을 보여 줍니다. 바로 이것만 다시 보냅니다.
reason-sack-rescue = ACK를 기다리다 복구가 멈추지 않도록 마지막 세그먼트를 한 번 더 보냅니다.
reason-r1-reached = 여러 번 재전송해도 답이 없습니다(R1). 애플리케이션에 알리고 계속 시도합니다.
reason-r2-reached = 너무 오래 확인 응답이 없습니다(R2). 연결을 포기합니다.
reason-syn-time-limit = 정한 시간 동안 SYN에 답이 없습니다. 포기합니다.
reason-syn-retries-used-up = 이 정책이 정한 횟수만큼 SYN을 보냈습니다. 포기합니다.
reason-syn-ack-retries-used-up = SYN-ACK를 정한 횟수만큼 보냈습니다. 반쯤 만든 연결을 버립니다.
reason-give-up-runs = 이제부터 정한 시간 안에 확인 응답이 없으면 연결을 포기합니다.
reason-user-timeout-runs = 애플리케이션이 정한 시간 제한이 돕니다. 그때까지 데이터가 확인되지 않으면 연결이 끝납니다.
reason-user-timeout = 애플리케이션이 정한 시간이 다 되었습니다. 대기 중인 것을 모두 버리고 연결을 끝냅니다.

## closed window
reason-window-closed = 윈도우가 닫혔고 데이터가 기다립니다. 여는 세그먼트가 사라질 수 있으므로 프로브를 보낼 것입니다.
reason-window-opened = 윈도우가 다시 열렸습니다. 프로브는 이제 필요 없습니다.
reason-zero-window-probe = 닫힌 윈도우에 대한 프로브입니다. 돌아오는 답이 지금의 크기를 알려 줍니다.
reason-probe-back-off = 프로브의 간격은 점점 길어집니다.
reason-probes-unanswered = 프로브에 아무도 답하지 않습니다. 연결을 포기합니다. 답이 있었다면 언제까지나 열려 있었을 것입니다.

## keep-alive
reason-keep-alive-waits = 애플리케이션이 keep-alive(연결 유지)를 청했습니다. 이만큼 조용하면 상대에게 프로브를 보냅니다.
reason-keep-alive-probe = keep-alive 프로브입니다. 다음 번호보다 하나 앞의 번호를 써서, 살아 있는 상대는 ACK로 답할 수밖에 없습니다.
reason-keep-alive-unanswered = 어느 프로브에도 답이 없었습니다. 상대가 사라졌다고 봅니다.
reason-keep-alive-off = 애플리케이션이 keep-alive(연결 유지)를 껐습니다.

## closing
reason-close-call = 애플리케이션이 닫습니다. 더 보낼 것이 없습니다. 대기 중인 것 다음에 FIN이 나갑니다.
reason-close-in-listen = LISTEN에서 CLOSE: 상대가 없으므로 기록을 지우기만 합니다.
reason-close-in-syn-sent = SYN-SENT에서 CLOSE: 아직 연결되지 않았으므로 기록을 지우고 아무것도 보내지 않습니다.
reason-close-in-syn-received = 보낼 것이 없는 SYN-RECEIVED에서 CLOSE: FIN이 바로 나갑니다.
reason-close-waited = ESTABLISHED를 기다리던 CLOSE가 이제 이루어집니다.
reason-close-in-close-wait = 상대는 이미 자기 방향을 끝냈고, 이제 애플리케이션이 이 방향을 끝냅니다.
reason-close-with-unread-data = 받은 데이터를 읽지 않고 애플리케이션이 닫습니다. 데이터가 버려지므로 상대에게 알려야 합니다.
reason-rst-for-unread-data = FIN 대신 RST를 보내, 데이터가 버려졌음을 알립니다.
reason-fin-wait-2-limited = 애플리케이션이 닫았으므로 읽을 이가 없습니다. FIN-WAIT-2에 제한 시간을 둡니다. RFC에는 없지만 거의 모든 구현이 이렇게 합니다.
reason-fin-wait-2-limit = 상대가 제때 닫지 않았으므로 기록을 지웁니다.
reason-linger-runs = 애플리케이션은 대기 중인 것이 모두 확인될 때까지 CLOSE가 기다리기를 원하지만, 끝없이는 아닙니다.
reason-linger-timeout = 링거 시간 안에 모두 확인되지 않아 연결을 강제 종료합니다.
reason-linger-zero = 링거 시간이 0이면 CLOSE는 강제 종료입니다. RST를 보내고 아무것도 기다리지 않습니다.
reason-abort-call = 애플리케이션이 강제 종료합니다. RST를 보내고, 대기 중인 것까지 기록을 지웁니다.
reason-abort-lingers = RST를 보낸 쪽이 TIME-WAIT에 머뭅니다(그림 5의 주 3). ABORT의 설명대로라면 바로 CLOSED입니다.
reason-fin-again = 이미 본 FIN에 CLOSING이 자기 FIN으로 다시 답합니다. BSD 계열의 방식입니다.

## TIME-WAIT
reason-time-wait-over = 최대 세그먼트 수명의 두 배가 지났습니다. 살아 있는 옛 세그먼트가 없으므로 기록을 지웁니다.
reason-fin-again-in-time-wait = 상대의 FIN이 다시 왔습니다. 우리의 마지막 ACK가 사라진 듯합니다. 다시 확인 응답하고 2MSL을 처음부터 셉니다.
reason-ack-of-repeated-fin = 다시 온 FIN에 대한 ACK입니다.
reason-old-segment-in-time-wait = 끝난 연결의 옛 세그먼트입니다. 다음 연결에 들지 못하게 막습니다. TIME-WAIT가 있는 까닭입니다.
reason-syn-in-time-wait = 옛것과 구별할 수 없는 SYN이라 TIME-WAIT에서는 받아들이지 않습니다.
reason-syn-reopens-time-wait = 옛 연결이 쓴 번호나 타임스탬프를 모두 넘어서므로 이 SYN은 옛것일 수 없습니다. TIME-WAIT를 일찍 끝내도 됩니다.
reason-time-wait-assassinated = RST가 TIME-WAIT를 일찍 끝냈습니다. 보호가 사라졌습니다. RFC 1337은 이를 암살(assassination)이라고 부릅니다.
reason-rst-ignored-in-time-wait = 이 호스트는 TIME-WAIT에서 RST를 무시합니다. RFC 1337의 처방입니다.
reason-time-wait-table-full = TIME-WAIT 기록이 호스트의 한도에 이르러 이것은 간직하지 않습니다.

## below and beside TCP
reason-datagram-malformed = 온전한 IP 데이터그램이 아닙니다.
reason-header-checksum-wrong = IPv4 헤더의 체크섬이 틀렸습니다. 오는 길에 손상되었습니다.
reason-not-our-address = 다른 호스트에게 가는 데이터그램입니다.
reason-sent-to-many-addresses = TCP는 두 끝을 잇습니다. 브로드캐스트나 멀티캐스트 주소로 온 세그먼트는 조용히 버립니다.
reason-protocol-unknown = TCP도 ICMP도 아닙니다.
reason-invalid-source-address = 이 출발지 주소에는 아무도 있을 수 없어 답할 곳이 없습니다.
reason-segment-malformed = 온전한 TCP 헤더가 아닙니다.
reason-checksum-wrong = 체크섬이 맞지 않습니다. 오는 길에 손상되었으므로, 오지 않은 것처럼 버립니다.
reason-reply-queue-full = 보낼 답이 너무 많이 밀려 있어 이것은 보내지 않습니다.
reason-icmp-not-an-error = 오류를 알리는 ICMP 메시지가 아닙니다.
reason-icmp-quote-unreadable = ICMP 메시지에 읽을 수 있는 TCP 세그먼트가 인용되어 있지 않습니다.
reason-icmp-for-no-connection = ICMP 메시지가 이 호스트의 어느 연결에 대한 것도 아닙니다.
reason-icmp-outside-flight = 인용된 세그먼트는 지금 가는 중이 아닙니다. 위조일 수 있으므로 무시합니다.
reason-icmp-in-time-wait = TIME-WAIT에는 영향을 받을 것이 없습니다.
reason-icmp-soft-error = 소프트 오류(soft error)입니다. 경로가 돌아올 수 있으므로 애플리케이션에 알릴 뿐 연결은 이어집니다.
reason-icmp-hard-error = 하드 오류(hard error)입니다. 세그먼트가 향한 곳이 존재하지 않습니다. 연결이 끝납니다.
reason-icmp-ends-attempt = 연결을 여는 중이면 이런 구현은 RFC에서 소프트 오류인 이것도 답으로 여깁니다. 시도가 끝납니다.
reason-source-quench = 송신 억제(source quench) 메시지는 더 쓰이지 않으므로 무시합니다.
reason-path-mtu-lowered = 길 위의 라우터가 더 작은 데이터그램만 받습니다. 이제부터 세그먼트가 작아집니다.
reason-path-mtu-not-lower = 알려 준 경로 MTU가 새롭지 않습니다.

## the world
reason-random-loss = 링크는 무작위로 세그먼트를 잃습니다. 이것도 그 가운데 하나입니다.
reason-random-loss-short = 우연히
reason-dropped-by-person = 사용자가 없앴습니다.
reason-dropped-by-person-short = 사용자가 없앰
reason-dropped-by-rule = 시나리오가 이것을 잃게 정했습니다.
reason-dropped-by-rule-short = 시나리오가 없앰
reason-queue-full = 전송을 기다리는 것이 너무 많아 이것이 들어갈 자리가 없었습니다.
reason-queue-full-short = 큐가 가득 참
reason-too-big = 링크에 비해 너무 커서 라우터가 돌려보냈습니다.
reason-too-big-short = 링크에 너무 큼
reason-link-cut = 링크가 끊겨 있습니다.
reason-link-cut-short = 링크가 끊김
reason-firewall-dropped = 방화벽이 말없이 버렸습니다.
reason-firewall-dropped-short = 방화벽이 버림
reason-firewall-rejected = 방화벽이나 경로 없는 라우터가 거절하고 그렇다고 알렸습니다.
reason-firewall-rejected-short = 방화벽이 거절함
reason-host-unplugged = 호스트의 선이 뽑혀 있어 아무것도 드나들지 못합니다.
reason-host-unplugged-short = 호스트의 선이 뽑힘
reason-no-such-host = 이 주소를 가진 호스트가 없습니다.
reason-no-such-host-short = 그 주소에 아무도 없음
reason-forged = 누군가 위조했습니다. 출발지로 적힌 호스트는 보낸 적이 없습니다.
reason-attacker-sample = 공격자가 번호 고르는 법을 보려고 자기 연결을 엽니다.
reason-attacker-flood = 결코 답하지 않을 주소에서 오는 SYN 플러딩의 하나입니다.
reason-attacker-received = 주소가 가리키는 공격자에게 도착했습니다.
reason-router-error = 라우터가 오류 메시지로 답합니다.
reason-duplicated = 링크가 사본을 하나 더 만들었습니다.
reason-scripted = 스크립트가 이때 보내라고 한 것입니다.
reason-recorded = 우리 것이 아닌 TCP가 실제 회선에서 보낸 것으로, 기록된 그대로 재생합니다.
reason-recorded-lost = 기록할 때 도착하지 않았습니다.
reason-recorded-lost-short = 기록할 때 잃어버림
reason-recorded-other = 기록할 때 엔진은 여기서 다른 세그먼트를 보냈습니다. 이제부터 기록된 응답은 다른 대화에 속합니다.
reason-recorded-time = 기록할 때와 같은 세그먼트를 엔진이 다른 시각에 보냅니다. 이제부터 기록된 응답은 너무 이르거나 늦을 수 있습니다.
reason-recorded-missing = 기록할 때 엔진은 이때까지 세그먼트를 하나 더 보냈습니다. 기록된 응답은 그것을 보낸 것처럼 이어집니다.
reason-recorded-no-more = 기록할 때 엔진은 더 보내지 않았습니다. 이 세그먼트에 대한 기록된 응답은 없습니다.
reason-delivered = 보낸 호스트에 도착했습니다.
