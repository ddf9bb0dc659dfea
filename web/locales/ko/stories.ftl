# 시나리오마다 하나의 이야기: 무슨 일이 일어나는가, 무엇을 볼 것인가, 흔히 틀리는 것.

story-three-way-handshake-happens = B의 애플리케이션이 기다리고(listen), A의 애플리케이션이 connect를 호출합니다. A는 자기의 초기 순서 번호 m을 실은 SYN을 보냅니다. B는 두 가지를 한 세그먼트에 담아 답합니다. 번호 n을 가진 자기의 SYN과, 확인 응답 번호 m+1입니다. A가 n+1로 확인 응답하면, 두 끝은 서로 보내고 받을 수 있으며 어떤 번호를 쓸지 알게 됩니다.
story-three-way-handshake-look = 상태는 서로 다른 때에 바뀝니다. A는 SYN-ACK가 도착하자마자 ESTABLISHED가 되지만, B는 왕복 시간의 절반 뒤에 마지막 ACK를 받고서야 됩니다. 절대 번호를 켜 보세요. m과 n은 서로 아무 관계가 없습니다.
story-three-way-handshake-wrong = 세 번째 세그먼트는 새 SYN을 싣지 않으며, 순수한 ACK는 순서 번호를 쓰지 않습니다. 그래서 A의 첫 데이터 바이트는 바로 앞 ACK와 같은 m+1번입니다. 여기서 “ack = seq + 1”이 맞는 까닭은 SYN이 번호 하나를 쓰기 때문이지, 확인 응답이 1을 더하는 것이어서가 아닙니다. 이 세 세그먼트 가운데 ACK 비트가 꺼져 있는 것은 첫 번째뿐입니다.

story-four-way-close-happens = 핸드셰이크 뒤에 A가 먼저 닫습니다. A의 FIN은 더 보낼 것이 없다는 뜻입니다. B는 이를 확인 응답하고 애플리케이션에 알리며, 애플리케이션은 조금 뒤에 닫습니다. 그러면 B의 FIN이 가고 A가 확인 응답합니다. 방향마다 따로 끝내고 따로 확인하므로 세그먼트가 네 개입니다.
story-four-way-close-look = A는 FIN-WAIT-1과 FIN-WAIT-2를, B는 CLOSE-WAIT와 LAST-ACK를 거칩니다. CLOSE-WAIT가 얼마나 이어질지는 TCP가 아니라 B의 애플리케이션에 달려 있습니다. 능동 닫기를 한 A가 TIME-WAIT에 남습니다.
story-four-way-close-wrong = FIN 세그먼트에도 ACK가 실립니다. 핸드셰이크가 끝난 뒤에는 일부 RST 말고는 모두 그렇습니다. FIN은 순서 번호를 하나 쓰므로 확인 응답 번호는 FIN의 번호에 1을 더한 값입니다. 클라이언트든 서버든 먼저 닫는 쪽이 능동 닫기를 하는 쪽입니다.

story-three-way-close-happens = A가 닫습니다. A의 FIN이 도착했을 때 B의 애플리케이션은 더 보낼 것이 없어 곧바로 닫습니다. 그래서 B의 확인 응답과 B의 FIN이 한 세그먼트에 실립니다. A가 이를 확인 응답하면 세그먼트 세 개로 네 개의 일을 마친 것입니다.
story-three-way-close-look = A는 FIN-WAIT-1에서 곧장 TIME-WAIT로 갑니다. B의 FIN을 싣고 온 세그먼트가 A의 FIN도 확인했기 때문입니다. B는 CLOSE-WAIT를 순식간에 지나갑니다.
story-three-way-close-wrong = 다른 프로토콜도 아니고 협상한 것도 아닙니다. ACK가 FIN에 얹혀 갈 수 있었을 뿐 같은 연결 해제입니다. 이 전이는 RFC의 그림 5에는 없고 그 주석에 있습니다.

story-server-closes-first-happens = 연결은 A가 열었지만 B가 먼저 닫습니다. 이번에는 B가 능동 닫기를 합니다. B의 FIN이 먼저 나가고, TIME-WAIT에 남는 것도 B입니다.
story-server-closes-first-look = B를 따라가 보세요. B는 FIN-WAIT-1과 FIN-WAIT-2를 거치고, 연결을 연 A는 CLOSE-WAIT와 LAST-ACK를 거칩니다.
story-server-closes-first-wrong = 능동·수동 닫기는 능동·수동 열기와 관계가 없습니다. 먼저 닫는 서버에는 TIME-WAIT 기록이 쌓입니다. 그래서 프로토콜들은 클라이언트가 먼저 닫게 하기를 좋아합니다.

story-half-close-happens = A가 shutdown을 호출합니다. 더 보내지는 않지만 계속 읽겠다는 뜻입니다. B는 A의 FIN을 확인 응답하고, 한동안 데이터를 더 보낸 뒤에야 자기 방향을 닫습니다.
story-half-close-look = A는 FIN-WAIT-2에 머물며 데이터를 계속 확인 응답하고, B는 CLOSE-WAIT에 머물며 보냅니다. 여기서는 둘 다 지극히 정상이며, B가 보낼 것이 있는 동안 이어질 수 있습니다.
story-half-close-wrong = 반닫힘(half-closed)은 한 방향을 일부러 끝낸 것입니다. 반열림(half-open)은 한쪽이 연결을 잃었는데 다른 쪽이 모르는 것입니다. SYN-RECEIVED에 있는 연결은 미완성(embryonic) 연결이라고 합니다. 셋은 서로 다릅니다. 그리고 shutdown은 close가 아닙니다. close 뒤에는 B의 데이터를 읽을 이가 없습니다.

story-half-close-peer-gone-happens = A는 자기 방향을 끝내고 FIN-WAIT-2에서 B의 FIN을 기다립니다. 그러나 B의 선이 뽑혀 FIN은 영영 오지 않습니다. 같은 일이 두 번 일어납니다. 한 번은 A의 애플리케이션이 close를 호출했고, 한 번은 shutdown만 호출했습니다.
story-half-close-peer-gone-look = close 뒤에는 읽을 이가 없으므로 제한 시간이 FIN-WAIT-2를 끝냅니다. shutdown 뒤에는 아직 읽을 이가 있을 수 있어 TCP는 끝없이 기다립니다. 돌고 있는 타이머가 하나도 없습니다. 이때 도움이 되는 것은 애플리케이션의 시간 제한이나 keep-alive(연결 유지)입니다.
story-half-close-peer-gone-wrong = FIN-WAIT-2의 제한 시간은 어느 RFC에도 없고 거의 모든 구현이 따르는 관행입니다. 확인되지 않은 데이터가 없는 TCP는 재전송할 것이 없으므로, 침묵만으로는 상대가 사라진 것을 알 수 없습니다.

story-half-close-exhaustion-happens = 연결을 잇달아 열고 반쯤 닫힌 채로 둡니다. 한쪽에는 애플리케이션이 닫지 않아 CLOSE-WAIT 소켓이, 다른 쪽에는 FIN-WAIT-2 소켓이 쌓입니다. 저마다 메모리와, 호스트가 가질 수 있는 소켓 하나를 쥐고 있어, 마침내 정직한 클라이언트에게 남는 것이 없습니다.
story-half-close-exhaustion-look = 두 호스트의 소켓을 보세요. FIN-WAIT-2 제한 시간은 애플리케이션이 close를 호출한 것들을 치웁니다. CLOSE-WAIT에는 TCP의 어떤 제한도 소용이 없습니다. 애플리케이션만이 닫을 수 있습니다.
story-half-close-exhaustion-wrong = CLOSE-WAIT 소켓이 쌓이는 것은 네트워크나 상대가 아니라 이쪽 애플리케이션의 잘못입니다. CLOSE-WAIT를 시간 초과로 끝내는 TCP 설정은 없습니다.

story-simultaneous-close-happens = 두 애플리케이션이 같은 순간에 닫아 두 FIN이 엇갈립니다. 양쪽 모두 자기 FIN이 확인되기 전에 상대의 FIN을 받아 CLOSING으로 가고, ACK를 받으면 TIME-WAIT로 갑니다.
story-simultaneous-close-look = 모든 것이 대칭입니다. 두 끝 모두 능동 닫기를 하고, 모두 CLOSING을 거치며, 모두 TIME-WAIT 기록을 남깁니다.
story-simultaneous-close-wrong = CLOSING은 드물게 나타나는 CLOSE-WAIT가 아닙니다. 양쪽 FIN이 모두 나갔고, 상대의 것은 도착했으며, 우리 것은 아직 확인되지 않았다는 뜻입니다. 엇갈린 FIN에 대한 ACK의 순서 번호는 우리 FIN 다음 번호입니다. 그것이 우리가 다음에 쓸 번호이기 때문입니다.

story-simultaneous-open-happens = 두 애플리케이션이 같은 순간에, 서로 상대가 쓰는 포트를 향해 connect를 호출합니다. SYN이 엇갈립니다. 양쪽 모두 SYN-SENT에서 ACK 없는 SYN을 보고 SYN-RECEIVED로 가서, 확인 응답을 붙여 자기 SYN을 다시 보냅니다.
story-simultaneous-open-look = 기다리는 소켓이 어디에도 없고, 연결은 둘이 아니라 하나가 생깁니다. 양쪽 모두 SYN-SENT → SYN-RECEIVED → ESTABLISHED로 갑니다. 엇갈리는 SYN-ACK는 앞선 SYN의 번호를 되풀이합니다. 두 번째 SYN이 아니라 같은 SYN입니다.
story-simultaneous-open-wrong = RFC의 문자 그대로라면 엇갈린 SYN-ACK는 번호가 초기 순서 번호라서 윈도우 밖입니다. 그래도 그림 7은 받아들입니다. 비교 보기에서 “RFC 문자 그대로”와 나란히 놓아 보세요. 그쪽은 세그먼트가 여섯 개 필요합니다.

story-connection-refused-happens = A가 아무도 기다리지 않는 포트로 SYN을 보냅니다. B의 TCP는 RST로 답하고, A의 애플리케이션은 거부된 것을 바로 압니다.
story-connection-refused-look = SYN에 ACK가 없었으므로 RST는 순서 번호 0을 쓰고 ACK = m+1을 싣습니다. A는 바로 그 확인 응답 번호를 검사합니다. 이것이 없다면 누구나 B의 이름으로 연결을 거부할 수 있을 것입니다.
story-connection-refused-wrong = RST는 리스닝 소켓이 보내는 것이 아닙니다. 그런 소켓이 없습니다. B에는 앞에도 뒤에도 아무 상태가 없습니다. 또 거부와 무응답은 다릅니다. 조용히 버리는 방화벽이라면 A는 포기할 때까지 SYN-SENT에 머뭅니다.

story-syn-lost-happens = 첫 SYN이 도착하지 못합니다. A는 아무 소식도 듣지 못하고, 1초 뒤 재전송 타이머가 만료되면 같은 번호의 같은 SYN을 다시 보냅니다. 두 번째는 도착합니다.
story-syn-lost-look = 타이머의 호와, 두 번째 SYN을 첫 번째에 잇는 선을 보세요. 만료될 때마다 다음 기다림은 두 배가 됩니다.
story-syn-lost-wrong = 재전송은 새 번호를 쓰는 새로운 시도가 아닙니다. B는 무엇이 사라졌는지 알 수 없습니다. 또 두 번 보낸 세그먼트로는 왕복 시간을 재지 않습니다. 타임스탬프가 없으면 어느 것에 대한 답인지 알 수 없기 때문입니다(Karn 알고리즘).

story-syn-ack-lost-happens = B가 SYN에 답하지만 SYN-ACK가 사라집니다. 이제 양쪽이 모두 기다리고 모두 타이머를 돌립니다. A는 SYN을, B는 SYN-ACK를 되풀이합니다.
story-syn-ack-lost-look = A의 SYN이 다시 올 때 B는 이미 SYN-RECEIVED입니다. 여기에 B가 무엇이라 답하는지는 구현마다 다릅니다. 비교 보기에서 정책을 바꾸어 보세요.
story-syn-ack-lost-wrong = A에게는 자기 SYN이 사라진 것과 똑같아 보입니다. 보낸 쪽은 말이 사라졌는지 답이 사라졌는지 결코 알 수 없습니다. 그래서 중복이 해를 끼치지 않아야 합니다.

story-handshake-ack-lost-happens = 핸드셰이크의 세 번째 세그먼트가 사라집니다. A는 ESTABLISHED인데 B는 아직 SYN-RECEIVED입니다. 그때 A가 데이터를 보냅니다. 그 세그먼트에도 늘 그렇듯 ACK가 실려 있어 B의 핸드셰이크가 끝납니다.
story-handshake-ack-lost-look = B는 한 세그먼트로 ESTABLISHED가 되고 데이터도 받습니다.
story-handshake-ack-lost-wrong = 순수한 ACK는 번호를 쓰지 않고 아무도 확인 응답하지 않으므로 재전송하지 않습니다. 그 손실을 메우는 것은 뒤따르는 아무 세그먼트이거나, 다시 온 SYN-ACK입니다.

story-fin-lost-happens = A의 FIN이 사라집니다. FIN은 순서 번호를 가지므로, 타이머가 만료되면 데이터처럼 재전송됩니다.
story-fin-lost-look = A는 두 번째 FIN이 확인될 때까지 FIN-WAIT-1에 머뭅니다. B는 아무것도 모른 채 그동안 내내 ESTABLISHED입니다.
story-fin-lost-wrong = 상태는 그 끝이 직접 겪은 일에 따라 바뀝니다. B가 ESTABLISHED를 떠나는 것은 A가 FIN을 보냈기 때문이 아니라 FIN이 도착했기 때문입니다.

story-last-ack-lost-happens = 연결 해제의 마지막 ACK가 사라집니다. B는 LAST-ACK에서 기다리다 FIN을 재전송합니다. A는 TIME-WAIT에 아직 남아 있어 다시 확인 응답합니다.
story-last-ack-lost-look = FIN이 다시 오면 2MSL 타이머가 처음부터 다시 돕니다. B의 기록은 그제야 사라질 수 있습니다.
story-last-ack-lost-wrong = 이것이 TIME-WAIT의 두 가지 할 일 가운데 하나입니다. A가 연결을 잊었다면 FIN에 RST로 답했을 것입니다. 그러면 B의 멀쩡한 대화가 확인 응답 대신 재설정으로 끝나고, B는 보낸 것이 모두 도착했는지 알 수 없습니다.

story-connect-timeout-happens = 아무도 답하지 않습니다. SYN-ACK도, RST도, ICMP도 없습니다. A는 점점 긴 간격으로 SYN을 거듭 보내다가, 마침내 애플리케이션에 시간이 초과되었다고 알립니다.
story-connect-timeout-look = 간격은 1, 2, 4, 8초처럼 두 배씩 늘어 60초에서 멈춥니다. RFC 9293은 SYN을 적어도 3분은 시도하라고 합니다.
story-connect-timeout-wrong = 시간 초과는 어디선가 온 소식이 아니라 이쪽이 스스로 내린 결론입니다. 게다가 오래 걸립니다. 더 빨리 알고 싶은 프로그램은 자기 시간 제한을 둡니다.

story-time-wait-happens = 보통의 연결 해제 뒤에 능동 닫기를 한 A는 최대 세그먼트 수명의 두 배, 기본값으로 2분의 두 배 동안 기록을 지킵니다. 그동안 같은 주소와 포트의 쌍은 쓸 수 없고, 그 뒤에는 다시 쓸 수 있습니다.
story-time-wait-look = 긴 시간은 접혀 있고 그 길이가 적혀 있습니다. 기록이 살아 있는 동안 A가 거부되고, 사라진 뒤에는 되는 것을 보세요.
story-time-wait-wrong = TIME-WAIT는 고장도 누수도 아닙니다. 포트 전체가 아니라 양 끝의 쌍 하나를 쥐고 있을 뿐입니다. MSL은 잰 값이 아니라 네트워크에 대한 가정이며, 많은 시스템이 RFC의 2분보다 짧게 씁니다.

story-old-duplicate-syn-happens = 예전 시도의 SYN이 네트워크를 떠돌다 새 SYN보다 먼저 도착합니다. B는 구별할 수 없어 답합니다. A는 보낸 적 없는 번호에 대한 확인 응답을 보고, 바로 그 번호를 써서 RST를 보냅니다. B는 LISTEN으로 돌아가고, 그 뒤 진짜 SYN이 성공합니다. RFC 9293의 그림 8입니다.
story-old-duplicate-syn-look = B는 그냥 수동 열기를 한 것이어서, SYN-RECEIVED에서 받은 RST가 B를 LISTEN으로 되돌립니다. RST는 답하는 세그먼트의 확인 응답 번호를 자기 순서 번호로 씁니다. 그래서 B는 자기에게 온 것임을 압니다.
story-old-duplicate-syn-wrong = 핸드셰이크의 세 번째 세그먼트가 있는 까닭이 이것입니다. 두 개로 끝났다면 B는 지금 아무도 원하지 않는 연결을 쥐고 있을 것입니다.

story-half-open-discovery-happens = A가 고장으로 다시 시작했는데 B는 아직 옛 연결을 믿고 있습니다. A가 새로 열려고 보낸 SYN이 ESTABLISHED인 B를 만납니다. B가 A에게는 말이 안 되는 ACK로 되묻고, A가 RST로 답하면, B는 연결이 죽은 것을 압니다. A의 다음 SYN이 새 연결을 엽니다. RFC 9293의 그림 9입니다.
story-half-open-discovery-look = B는 SYN을 그대로 따르지 않고, 자기가 믿는 번호로 챌린지 ACK를 보냅니다. 정확히 맞는 RST만이 연결을 끝냅니다.
story-half-open-discovery-wrong = 반열림은 반닫힘이 아닙니다. 한쪽이 모든 것을 잃었는데 다른 쪽이 알아채지 못한 것입니다. 아무도 보내지 않으면 영원히 그대로일 수 있습니다.

story-half-open-active-happens = A가 고장으로 연결을 잊었습니다. 이를 모르는 B가 데이터를 보냅니다. A의 TCP는 그런 연결을 모르므로 RST로 답하고, B의 연결이 끝납니다. RFC 9293의 그림 10입니다.
story-half-open-active-look = RST는 B가 보낸 세그먼트의 확인 응답 번호를 자기 순서 번호로 써서 믿을 만해집니다. B는 애플리케이션에 “연결 재설정”을 알립니다.
story-half-open-active-wrong = 거부하는 것은 A의 애플리케이션이 아닙니다. 애플리케이션은 이미 없습니다. 자기에게 없는 연결에 대해서는 TCP가 스스로 답합니다.

story-old-duplicate-passive-happens = 두 끝 모두 수동 열기로 기다리기만 합니다. 네트워크를 떠돌던 옛 SYN이 B에 닿아 B가 SYN-ACK로 답합니다. 역시 기다리는 A에게 ACK는 말이 되지 않으므로 RST를 보내고, B는 LISTEN으로 돌아갑니다. RFC 9293의 그림 11입니다.
story-old-duplicate-passive-look = 세그먼트 세 개가 오간 뒤 모든 것이 처음과 같습니다. 두 끝 모두 LISTEN입니다.
story-old-duplicate-passive-wrong = 기다리는 쪽이 연결을 “원하지 않아서” RST로 거부하는 것이 아닙니다. LISTEN에는 확인 응답될 것이 아무것도 없으므로, 어떤 ACK에도 RST로 답한다는 규칙일 뿐입니다.

story-why-2msl-happens = 어떤 연결의 데이터 세그먼트가 네트워크에서 늦어집니다. 연결은 닫히고 같은 주소와 포트의 쌍이 다시 쓰입니다. TIME-WAIT가 없으면 옛 세그먼트가 새 연결에 도착하고, 번호가 우연히 맞아 B의 애플리케이션은 자기 것이 아닌 바이트를 받습니다. TIME-WAIT가 있으면 새 연결은 옛 세그먼트가 살아 있을 수 없을 때까지 기다려야 합니다.
story-why-2msl-look = 두 경우에 B의 애플리케이션이 무엇을 받는지 견주어 보세요. 수명이 두 번인 까닭: 한 번은 마지막 ACK가 도착하거나 사라지는 데, 또 한 번은 그것을 못 받아 다시 보낸 FIN에 필요합니다.
story-why-2msl-wrong = 순서 번호만으로는 막을 수 없습니다. 번호는 돌고 돌며, 새 연결이 같은 범위를 쓸 수 있습니다. TIME-WAIT는 먼저 닫은 쪽에 남으며, 한쪽만 지켜도 충분합니다.

story-time-wait-assassination-happens = 오래된 중복이 TIME-WAIT에 있는 A에 닿습니다. A는 규칙대로 ACK로 답하고, 연결을 잊은 지 오래인 B는 RST로 답합니다. 그 RST가 맞아떨어져 A의 TIME-WAIT가 일찍 끝납니다. RFC 1337이 이를 설명하고, TIME-WAIT에서 RST를 무시하라는 처방을 줍니다.
story-time-wait-assassination-look = 공격자도 필요 없습니다. 늦게 온 세그먼트 하나면 됩니다. 처방을 켜면 RST가 와도 아무 일이 없습니다.
story-time-wait-assassination-wrong = RFC 9293 자체는 RST가 TIME-WAIT를 끝내게 둡니다. 많은 시스템이 그대로 따르고 일부는 RST를 무시합니다. 여기서는 호스트 설정에서 고를 수 있습니다.

story-reset-on-unread-data-happens = B에 데이터가 도착했지만 B의 애플리케이션은 읽지 않고 닫습니다. 보통의 FIN이라면 모두 잘되었다는 뜻이 됩니다. 그러나 바이트가 버려졌으므로 B는 RST를 보냅니다.
story-reset-on-unread-data-look = A의 애플리케이션은 정상적인 끝 대신 “연결 재설정”을 보고, 보낸 것이 쓰이지 않았음을 압니다.
story-reset-on-unread-data-wrong = 요청을 다 읽지 않고 답한 뒤 닫는 서버는 자기 답을 망칠 수 있습니다. RST 때문에 A가 아직 읽지 않은 것을 버릴 수 있기 때문입니다. 먼저 shutdown, 그다음 끝까지 읽고, 그다음 close입니다.

story-abort-happens = A의 애플리케이션이 강제 종료합니다. A는 다음 순서 번호로 RST를 보내고, 대기 중인 데이터까지 연결을 곧바로 잊습니다. B는 재설정되었음을 알게 됩니다.
story-abort-look = FIN도, 확인 응답도, TIME-WAIT도 없습니다. RST가 도착하면 두 기록이 모두 사라집니다.
story-abort-wrong = 강제 종료는 빠른 닫기가 아닙니다. 대기 중이거나 가는 중이던 것은 버려집니다. 또 아무도 RST를 확인 응답하지 않습니다. RST가 사라지면 B는 무언가 보낼 때에야 알아챕니다.

story-mss-negotiation-happens = A는 SYN에서 MSS 1460을 알립니다. 한 세그먼트로 받을 수 있는 데이터의 양입니다. B의 인터페이스는 MTU가 576으로 더 작아 536을 알립니다. A는 B의 알림을 지키고, B도 자기 인터페이스를 넘을 수 없습니다. 어느 방향으로도 데이터가 536바이트를 넘는 세그먼트는 없습니다.
story-mss-negotiation-look = 두 SYN의 옵션과 호스트 탭의 “이쪽이 한 세그먼트에 싣는 데이터의 최댓값”을 보세요. 두 알림은 다르고, 끝까지 다릅니다.
story-mss-negotiation-wrong = MSS는 협상하는 것이 아니며 합의한 공통 값도 없습니다. 양쪽이 저마다 받을 수 있는 크기를 알리고, 방향마다 한도가 따로 있습니다. 이 옵션에는 답이 없고, 옵션이 없으면 536으로 봅니다(IPv4). MSS는 헤더를 뺀 데이터만 세며, 세그먼트에 옵션을 실으면 보내는 쪽이 그만큼 데이터를 줄입니다.

story-isn-reuse-happens = 첫 연결 바로 뒤에 같은 주소와 포트로 두 번째 연결을 엽니다. 초기 순서 번호가 고정이면 첫 연결의 옛 세그먼트가 둘째 연결에 꼭 들어맞습니다. RFC 9293의 생성기라면 새 연결은 옛 연결이 끝난 곳에서 멀리 시작하고, 옛 세그먼트는 윈도우 밖입니다.
story-isn-reuse-look = 절대 번호로 보세요. 첫 연결이 끝난 곳, 둘째가 시작하는 곳, 그리고 옛 세그먼트가 윈도우에 드는지.
story-isn-reuse-wrong = 초기 순서 번호가 무작위인 것은 공격자를 헷갈리게 하려는 것만이 아닙니다. 그 안의 시계는 같은 양 끝의 잇따른 연결이 쓰는 번호를 떼어 놓고, 비밀 키 해시는 남이 알아맞히지 못하게 합니다. 둘 다 필요합니다.

story-host-unreachable-happens = 도착하지 못하는 세 가지 길입니다. 라우터가 ICMP “호스트 도달 불가”로 답하고, 방화벽이 조용히 버리고, 또 다른 방화벽은 거절하며 알립니다. 그에 따라 A의 애플리케이션은 바로 알기도 하고 몇 분 뒤에야 알기도 합니다.
story-host-unreachable-look = “호스트 도달 불가”는 연결하는 중에도 그 뒤에도 소프트 오류입니다. 경로가 돌아올 수 있으므로 애플리케이션에 알리기만 하고 SYN은 계속 보냅니다. 방화벽이 거절할 때 보내는 “포트 도달 불가”는 하드 오류라 시도를 끝냅니다. 많은 구현은 연결 시도 중이라면 둘 중 어느 것에도 포기합니다.
story-host-unreachable-wrong = “걸러진” 포트와 “닫힌” 포트는 다릅니다. 앞의 것은 침묵하고 뒤의 것은 RST를 보냅니다. 침묵은 묻는 쪽에게 긴 시간을 치르게 합니다.

story-isn-prediction-happens = B는 A의 주소를 믿습니다. 경로 밖의 공격자가 자기 연결을 하나 열어 B가 번호를 고르는 법을 알아낸 뒤, A의 이름으로 SYN을 보냅니다. SYN-ACK는 공격자가 아니라 A에게 갑니다. 그러나 번호를 예측할 수 있다면 공격자는 보지 않고도 확인 응답하여 A인 척 B에게 말합니다. RFC 6528의 번호 앞에서는 이 추측이 빗나갑니다.
story-isn-prediction-look = 공격자는 B의 답을 결코 보지 못합니다. 그 안의 번호만 있으면 됩니다. 진짜 A라면 RST를 보내 모두 망칠 테니, A는 입이 막혀 있습니다.
story-isn-prediction-wrong = 약한 번호란 크고 어지러워 보여도 다른 번호에서 계산할 수 있는 번호입니다. 시계만 쓰는 것도, 일정하게 더하는 것도 약합니다. 그리고 주소는 아무것도 증명하지 않습니다. TCP는 누구의 신원도 확인하지 않습니다.

story-blind-reset-happens = 아무것도 보지 못하는 공격자가 A의 주소로 B에게 RST를 보내 윈도우를 맞히려 합니다. 옛 규칙이라면 윈도우 안의 어떤 번호라도 연결을 끝냅니다. RFC 5961에서는 정확히 다음에 기대하는 번호만 끝내고, 그저 윈도우 안이면 챌린지 ACK로 되묻습니다.
story-blind-reset-look = 방어를 껐을 때와 켰을 때 같은 RST가 어떻게 되는지 보세요. 되묻는 ACK는 진짜 A에게 가고, 재설정할 것이 없는 A는 태연합니다.
story-blind-reset-wrong = 이 방어가 공격을 불가능하게 하지는 않습니다. 과녁을 윈도우 전체에서 번호 하나로 줄일 뿐입니다. 경로 밖의 공격자는 주소와 포트도 맞혀야 합니다.

story-blind-data-happens = 경로 밖의 공격자가 A의 이름으로 데이터를 보냅니다. 순서 번호가 윈도우 안이어야 하고, 확인 응답 번호도 채워 넣어야 합니다. RFC 5961은 믿어 줄 확인 응답 번호를 좁혀, 아무렇게나 고른 값이 통하지 않게 합니다.
story-blind-data-look = 검사가 없으면 확인 응답 번호의 절반쯤은 옛것, 곧 해 없는 것으로 여겨져 바이트가 들어갑니다. 검사가 있으면 ACK로 답하고 버립니다.
story-blind-data-wrong = “번호가 맞다”는 것은 누가 보냈는지에 대한 증명이 아닙니다. 누가 말하는지 알아야 한다면 TCP의 위나 아래에 암호 기술이 필요합니다.

story-syn-flood-happens = 공격자가 결코 답하지 않을 주소들로 SYN을 보냅니다. B는 그때마다 SYN-RECEIVED에 반쯤 만든 연결을 쥐고 허공에 SYN-ACK를 보냅니다. 백로그는 금세 차고, 진짜 클라이언트가 쫓겨납니다.
story-syn-flood-look = 호스트 탭에서 리스닝 소켓의 SYN 큐와, 자리를 찾지 못하는 정직한 SYN을 보세요. 미완성 연결은 B가 재전송을 포기해야 사라집니다.
story-syn-flood-wrong = 모자라는 것은 대역폭도, ESTABLISHED 연결도 아닙니다. 만들어지는 중인 연결의 자리입니다. 백로그를 늘리면 끝이 늦어질 뿐 막지는 못합니다.

story-syn-cookies-happens = 같은 플러딩이지만 큐가 가득 차면 B는 더 이상 SYN에 대해 아무것도 간직하지 않습니다. 기억해야 할 것을 비밀 키 해시와 함께 자기 초기 순서 번호에 담습니다. 그 번호에 1을 더한 ACK가 돌아와야 비로소 연결을 만듭니다.
story-syn-cookies-look = 처음 SYN들은 전처럼 SYN 큐를 채웁니다. 그 뒤로는 플러딩이 SYN-RECEIVED 기록을 남기지 못하고, 진짜 클라이언트는 들어옵니다.
story-syn-cookies-wrong = 쿠키에도 값이 듭니다. 번호에 담지 못하는 것은 잃습니다. 대부분의 옵션과 SYN-ACK의 재전송이 그렇습니다. 그래서 구현들은 큐가 넘칠 때만 씁니다.

story-keep-alive-happens = 연결이 조용합니다. 정한 시간이 지나면 A가 프로브를 보냅니다. 다음 번호 바로 앞의 번호를 쓰는 세그먼트라 B는 ACK로 답해야 합니다. B가 살아 있는 동안은 답합니다. 그러다 B가 사라지면 프로브에 답이 없고, A는 연결을 끝냅니다.
story-keep-alive-look = 프로브는 데이터를 싣지 않고 B가 이미 확인한 번호를 쓰므로 아무것도 흩트리지 않습니다. 답 없는 프로브 하나는 아무 뜻이 없고, 여럿이 이어져야 뜻이 있습니다.
story-keep-alive-wrong = keep-alive(연결 유지)는 애플리케이션이 청해야 켜지고, 표준 간격은 두 시간입니다. 이것은 무엇을 살려 두지 않습니다. 죽은 것을 알아낼 뿐입니다. 캡처 도구가 같은 이름을 붙이더라도 제로 윈도우 프로브와는 다릅니다.

story-zero-window-happens = B의 애플리케이션이 읽기를 멈춥니다. B의 버퍼가 차고, 알리는 윈도우는 점점 작아지다 0이 되어 닫힙니다. A는 데이터가 있지만 보낼 수 없습니다. A가 가끔 프로브를 보내면 답마다 윈도우가 되풀이됩니다. B가 다시 읽으면 윈도우가 열리고 데이터가 흐릅니다.
story-zero-window-look = 지속 타이머와 늘어나는 간격, 순서 번호 공간에서 윈도우의 오른쪽 끝을 보세요. 윈도우가 닫히는 동안 그 끝은 제자리에 있을 뿐 결코 뒤로 물러나지 않습니다. 프로브에 답이 오는 한 A는 결코 포기하지 않습니다.
story-zero-window-wrong = 프로브가 없으면 연결이 영원히 멈출 수 있습니다. 윈도우를 여는 ACK가 사라질 수 있고, 아무도 다시 보내지 않기 때문입니다. 윈도우 0은 받는 쪽의 제동 장치이고, 혼잡 윈도우는 네트워크를 위한 제동 장치로 보내는 쪽이 지닙니다.

story-loss-and-recovery-happens = A가 세그먼트를 줄지어 보내고 그 가운데 몇이 사라집니다. 빈틈 뒤의 것들이 중복 ACK를 일으키고, 세 번 받으면 A는 타이머를 기다리지 않고 빠진 것을 바로 다시 보냅니다. 모자라면 타이머가 그 일을 합니다. SACK이 있으면 B는 무엇을 가졌는지 정확히 말합니다.
story-loss-and-recovery-look = 시간–순서 그래프에서 빈틈, 다시 보낸 세그먼트, 그 뒤의 혼잡 윈도우를 보세요. 빠른 재전송은 왕복 시간 한 번쯤이 들고, 시간 초과는 적어도 최소 RTO(RFC에서는 1초)만큼 들며 슬로 스타트로 되돌립니다.
story-loss-and-recovery-wrong = 중복 ACK는 세그먼트를 청하는 것이 아닙니다. “아직 같은 번호를 기다린다”고 말할 뿐입니다. 순서가 바뀌어도 생기므로, A는 세 번을 보고서야 사라졌다고 판단합니다.

story-delayed-ack-and-nagle-happens = A가 작은 조각 둘을 잇달아 쓰고 답을 기다립니다. 네이글 알고리즘은 첫 조각이 확인될 때까지 둘째를 붙들고, B의 지연 ACK는 얹혀 갈 데이터를 바라며 확인 응답을 붙듭니다. B의 타이머가 만료될 때까지 서로를 기다립니다.
story-delayed-ack-and-nagle-look = 양쪽 모두 무언가 일어나기를 바라는데 아무 일도 없는 구간을 보세요. A에서 네이글을 끄거나 두 조각을 한 번의 send로 넘기면 사라집니다.
story-delayed-ack-and-nagle-wrong = 둘 다 잘못이 아닙니다. 따로 보면 저마다 세그먼트를 아낍니다. 쓰기–쓰기–읽기가 둘을 엉키게 합니다. 네이글을 끄기보다 한 번에 쓰는 것이 더 나은 처방입니다.

story-port-exhaustion-happens = A가 같은 서버로 연결을 열고 닫기를 거듭합니다. 그때마다 TIME-WAIT 기록이 남고, 그 서버를 향해 쓸 수 없는 로컬 포트가 하나씩 늘어납니다. 마침내 남은 포트가 없어 connect가 실패합니다.
story-port-exhaustion-look = A의 기록 수와 마지막 호출의 오류를 보세요. 2MSL이 지나면 포트가 하나씩 돌아옵니다.
story-port-exhaustion-wrong = 값을 치르는 것은 먼저 닫은 쪽입니다. 포트는 모두에게가 아니라 이 주소와 포트를 향해서만 막힙니다. 처방은 TIME-WAIT를 무턱대고 줄이는 것이 아니라 연결을 남겨 두고 다시 쓰는 것입니다.

story-linux-connection-happens = 여기서 B는 시뮬레이션이 아닙니다. 이 페이지의 엔진을 네트워크 장치에 올려 리눅스 커널의 TCP와 대화하게 하고, 리눅스가 보낸 것을 기록했습니다. A가 연결하고, 한 줄씩 주고받고, A가 닫고, 조금 뒤 리눅스의 애플리케이션이 닫습니다. A는 새로 재생됩니다. 그때 한 대로 다시 하며, 만약 다르게 한다면 기록이 그 자리를 알려 줍니다.
story-linux-connection-look = 옵션을 보세요. 오늘날의 실제 스택처럼 양쪽이 윈도우 스케일, 타임스탬프, SACK을 알리고, 타임스탬프는 저마다의 방식으로 셉니다. A의 FIN에 대한 확인 응답은 왕복에 필요한 시간보다 늦게 옵니다. 리눅스는 급히 할 말이 없어서 응답을 미뤘습니다.
story-linux-connection-wrong = 캡처에는 세그먼트가 보일 뿐 상태는 보이지 않습니다. 그래서 B에는 띠가 없습니다. 리눅스가 무엇을 생각했는지는 추론할 수밖에 없습니다. 또 지금 A나 링크에 무엇을 하든 기록은 아무 일 없다는 듯 이어집니다. 진짜 리눅스라면 다르게 응답했을 것입니다.

story-linux-simultaneous-open-happens = 상대의 SYN이 도착하기 전에 양쪽이 connect를 호출합니다. A는 이 엔진이고, B는 네트워크 장치에서 기록한 리눅스 커널입니다. SYN이 엇갈리고, 이어 SYN-ACK가 엇갈려 연결 하나가 생깁니다. 나중에 리눅스가 먼저 닫습니다.
story-linux-simultaneous-open-look = 여는 데 쓰인 세그먼트를 세어 보세요. RFC의 그림 7에는 넷인데 여기서는 여섯입니다. 리눅스는 자기 것과 엇갈린 SYN-ACK에 ACK를 하나 더 보내고, 여기서 RFC를 리눅스처럼 읽는 엔진도 똑같이 합니다.
story-linux-simultaneous-open-wrong = 더해진 ACK는 오류가 아닙니다. RFC의 글자대로라면 엇갈린 SYN-ACK는 윈도우 밖의 중복이고, 중복에는 ACK로 응답합니다. 그림은 이것을 생략했습니다. 어느 쪽이든 ESTABLISHED에 이르며, 이 ACK는 해롭지 않습니다.

story-empty-happens = 아무것도 열지 않은 두 호스트와 링크가 있습니다. B를 기다리게 하고 A를 연결하고, 보내고, 닫아 보세요. 둘이 동시에 연결하게 해도 됩니다. 하는 일은 모두 실행의 일부가 됩니다.
story-empty-look = 쓸 수 없는 버튼은 그 까닭을 말해 줍니다. 만든 것은 글로도, 링크로도 저장할 수 있습니다.

## 장: 시나리오가 순간에 붙인 이름.

chapter-abort = 강제 종료
chapter-ack-lost = ACK가 사라짐
chapter-active-close = 능동 닫기
chapter-application-limit = 애플리케이션의 시간 제한
chapter-assassination = 암살
chapter-back-off = 간격 늘리기
chapter-believed = 위조를 믿음
chapter-both-close = 둘 다 닫음
chapter-both-connect = 둘 다 연결 시도
chapter-both-listen = 둘 다 기다림
chapter-challenge-acks = 챌린지 ACK
chapter-check-on = 검사를 켬
chapter-clock-and-hash = 시계와 해시
chapter-close = 닫기
chapter-close-and-shutdown = close와 shutdown
chapter-close-wait = CLOSE-WAIT
chapter-closing = 닫는 중
chapter-connection = 연결
chapter-connects-anew = A가 새로 연결
chapter-cookie = 쿠키
chapter-data = 데이터
chapter-data-completes = 데이터가 마무리함
chapter-data-to-a = A에게 데이터
chapter-data-to-b = B에게 데이터
chapter-data-to-nobody = 받을 이 없는 데이터
chapter-dropped = 조용히 버려짐
chapter-duplicate-arrives = 오래된 중복 도착
chapter-established = 연결 성립
chapter-fast-retransmit = 빠른 재전송
chapter-fin-again = FIN이 다시
chapter-fin-lost = FIN이 사라짐
chapter-fin-rides-on-ack = ACK에 얹힌 FIN
chapter-fin-wait-2 = FIN-WAIT-2
chapter-fin-wait-2-limit = FIN-WAIT-2의 제한 시간
chapter-first = 첫 조각
chapter-first-connection = 첫 연결
chapter-fixed-isn = 고정된 초기 번호
chapter-flood = 플러딩
chapter-gives-up = 포기
chapter-half-open = 반열림
chapter-handshake = 핸드셰이크
chapter-injection = 주입
chapter-injection-refused = 주입이 거부됨
chapter-keyed-hash = 비밀 키 해시
chapter-last-ack-lost = 마지막 ACK가 사라짐
chapter-last-fin = 마지막 FIN
chapter-listen = 기다리기
chapter-mss-options = MSS 옵션
chapter-next-connection = 다음 연결
chapter-no-port-left = 남은 포트가 없음
chapter-no-route = 경로 없음
chapter-no-stall = 멈춤 없이
chapter-old-data-delivered = 옛 데이터가 전달됨
chapter-old-data-refused = 옛 데이터가 거부됨
chapter-old-syn = 옛 SYN
chapter-opens-anew = A가 새로 엶
chapter-other-direction = 다른 방향
chapter-passive-close = 수동 닫기
chapter-port-free = 포트가 풀림
chapter-port-taken = 포트가 잡혀 있음
chapter-probe = 프로브
chapter-probes = 프로브들
chapter-real-client = 진짜 클라이언트
chapter-real-syn = 진짜 SYN
chapter-reboot = 재부팅
chapter-refused = 거부됨
chapter-rejected = 거절됨
chapter-remedy = 처방
chapter-remembered = B가 기억할 것
chapter-reset = 재설정
chapter-retransmission = 재전송
chapter-route-back = 경로가 돌아옴
chapter-safe = 안전
chapter-same-numbers = 같은 번호가 다시
chapter-sample = 공격자가 표본을 봄
chapter-script-failed = 여기서 스크립트와 달라졌습니다
chapter-shutdown = shutdown
chapter-slow-start = 슬로 스타트
chapter-speaks-for-a = A인 척 말하기
chapter-stall = 멈춤
chapter-survived = 살아남음
chapter-sweep = RST 훑기
chapter-sweep-again = 다시 훑기
chapter-syn = SYN
chapter-syn-ack = SYN-ACK
chapter-syn-ack-lost = SYN-ACK가 사라짐
chapter-syn-received = SYN-RECEIVED
chapter-time-limit = 시간 제한
chapter-time-out = 시간 초과
chapter-time-wait = TIME-WAIT
chapter-time-wait-again = TIME-WAIT가 다시 시작
chapter-true-data-too-late = 진짜 데이터는 너무 늦음
chapter-turned-away = 쫓겨남
chapter-unanswered = 답 없음
chapter-unplugged = 선이 뽑힘
chapter-window-fills = 윈도우가 참
chapter-window-opens = 윈도우가 열림
chapter-with-time-wait = TIME-WAIT와 함께
